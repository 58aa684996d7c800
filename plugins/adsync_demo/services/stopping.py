"""Ending a demo from outside: ask the running one to end itself, then see to what is left of a dead one."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from adsync_demo.services import processes, servers

MAIN = "demo"
PATIENCE = 60.0


def stop_everything(state: Path) -> None:
    """End the demo and the servers of this state folder; nothing to end is no error."""
    if not state.exists():
        return
    main = next((process for process in processes.recorded(state) if process.name == MAIN), None)
    if main and processes.alive(main):
        os.kill(main.pid, signal.SIGTERM)
        _wait(main)
    stop_children(state)
    servers.stop(state)


def stop_children(state: Path) -> None:
    """End every recorded process but the demo itself, and take it off the record."""
    children = [process for process in processes.recorded(state) if process.name != MAIN]
    processes.stop(children)
    processes.forget(state, children)


def _wait(main: processes.Record) -> None:
    deadline = time.monotonic() + PATIENCE
    while processes.alive(main) and time.monotonic() < deadline:
        time.sleep(0.2)
