"""`make demo`: start everything, send one whole pass through it, show what came out.

Whatever happens, what was started here is ended here; servers that ran before stay.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape

from adsync.demo import logs, processes, servers, stopping
from adsync.demo.failures import DemoFailed
from adsync.demo.files import locked, make_state
from adsync.demo.place import Place
from adsync.demo.progress import Progress, console
from adsync.demo.show import show

INTERRUPTED = 130
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(place: Place, *, once: bool, port: int) -> int:
    """Run the demo and return its exit code; Busy when one runs already."""
    # A name in Arabic must not end a demo whose output goes to an old-fashioned locale.
    sys.stdout.reconfigure(errors="replace")
    progress = Progress(console())
    with locked(make_state(place.state) / "demo.lock", wait=False), _ending_what_it_started(place, progress):
        return _run(place, progress, once=once, port=port)


def _run(place: Place, progress: Progress, *, once: bool, port: int) -> int:
    shown = False
    try:
        running = show(place, progress, port)
        shown = True
        if not once:
            _stay(running, progress)
    except DemoFailed as failure:
        _explain(progress, failure)
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


def _explain(progress: Progress, failure: DemoFailed) -> None:
    """One sentence, the log to read, and its last lines."""
    out = progress.console
    out.print(f"\n[red]The demo failed:[/red] {escape(str(failure))}.", soft_wrap=True)
    if failure.log:
        out.print(f"Read {escape(str(failure.log))}", soft_wrap=True)
        for line in logs.last_lines(failure.log):
            out.print(f"  {escape(line)}", soft_wrap=True)


@contextmanager
def _ending_what_it_started(place: Place, progress: Progress) -> Iterator[None]:
    for number in ENDING:
        signal.signal(number, signal.default_int_handler)
    if processes.recorded(place.state):
        with progress.step("Ended what a killed demo had left running"):
            stopping.stop_children(place.state)
    main = processes.record(stopping.MAIN, os.getpid(), place.state, Path())
    ran_before = servers.find(place.state) is not None
    try:
        yield
    finally:
        # A second Ctrl-C must not leave half of it running.
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        _end(place, progress, keep_servers=ran_before)
        processes.forget(place.state, [main])


def _end(place: Place, progress: Progress, *, keep_servers: bool) -> None:
    with progress.step("Stopped"):
        stopping.stop_children(place.state)
        if not keep_servers:
            servers.stop(place.state)
    if keep_servers:
        progress.say("PostgreSQL and Redis ran before this demo and stay: `make stop` ends them.")
