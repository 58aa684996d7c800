"""`make demo`: starts everything, runs every DAG once, and shows the results."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from adsync_demo.cleanup import explain, stop_on_exit
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Progress, console
from adsync_demo.services import processes
from adsync_demo.services.files import locked, make_state
from adsync_demo.steps import run_steps

INTERRUPTED = 130


def run(paths: DemoPaths, *, once: bool, port: int) -> int:
    """Runs the demo and returns its exit code; raises Busy if one is already running."""
    # An Arabic name must not fail a demo whose output has a locale without UTF-8.
    sys.stdout.reconfigure(errors="replace")
    progress = Progress(console())
    with locked(make_state(paths.state) / "demo.lock", wait=False), stop_on_exit(paths, progress):
        return _run(paths, progress, once=once, port=port)


def _run(paths: DemoPaths, progress: Progress, *, once: bool, port: int) -> int:
    shown = False
    try:
        running = run_steps(paths, progress, port)
        shown = True
        if not once:
            _stay(running, progress)
    except DemoFailed as failure:
        explain(progress, failure, "The demo")
        return 1
    except KeyboardInterrupt:
        return 0 if shown else INTERRUPTED
    return 0


def _stay(running: list[processes.Record], progress: Progress) -> None:
    progress.say("Running until Ctrl-C, or `make stop` in another shell.")
    while alive := [processes.alive(process) for process in running]:
        if not all(alive):
            dead = running[alive.index(False)]
            raise DemoFailed(f"{dead.name} exited unexpectedly", Path(dead.log))
        time.sleep(1)
