"""`make demo`: start everything, send one whole pass through it, show what came out."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from adsync_demo.cleanup import ending_what_it_started, explain
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Progress, console
from adsync_demo.services import processes
from adsync_demo.services.files import locked, make_state
from adsync_demo.steps import show

INTERRUPTED = 130


def run(place: DemoPaths, *, once: bool, port: int) -> int:
    """Run the demo and return its exit code; Busy when one runs already."""
    # A name in Arabic must not end a demo whose output goes to an old-fashioned locale.
    sys.stdout.reconfigure(errors="replace")
    progress = Progress(console())
    with locked(make_state(place.state) / "demo.lock", wait=False), ending_what_it_started(place, progress):
        return _run(place, progress, once=once, port=port)


def _run(place: DemoPaths, progress: Progress, *, once: bool, port: int) -> int:
    shown = False
    try:
        running = show(place, progress, port)
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
            raise DemoFailed(f"{dead.name} ended by itself", Path(dead.log))
        time.sleep(1)
