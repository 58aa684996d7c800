"""Stops a demo from outside: signals the running demo, then stops processes that a killed demo left."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from adsync_demo.services import processes, servers

MAIN = "demo"
STOP_TIMEOUT = 60.0


def stop_everything(state: Path) -> None:
    """Stops the demo and the servers of this state folder, if any run."""
    if not state.exists():
        return
    main = next((process for process in processes.recorded(state) if process.name == MAIN), None)
    if main and processes.alive(main):
        os.kill(main.pid, signal.SIGTERM)
        _wait(main)
    stop_children(state)
    servers.stop(state)


def stop_children(state: Path) -> None:
    """Stops every recorded process except the demo itself, and removes its record."""
    children = [process for process in processes.recorded(state) if process.name != MAIN]
    processes.stop(children)
    processes.forget(state, children)


def _wait(main: processes.Record) -> None:
    deadline = time.monotonic() + STOP_TIMEOUT
    while processes.alive(main) and time.monotonic() < deadline:
        time.sleep(0.2)
