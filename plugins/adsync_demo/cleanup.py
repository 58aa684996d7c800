"""Whatever happens between, what was started here is ended here; servers that ran before stay."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape

from adsync_demo.airflow_home import logs
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Progress
from adsync_demo.services import processes, servers, stopping

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_what_it_started(place: DemoPaths, progress: Progress) -> Iterator[None]:
    """Turn signals into KeyboardInterrupt, end what a killed predecessor left, and all of ours on the way out."""
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


def explain(progress: Progress, failure: DemoFailed, what: str) -> None:
    """One sentence, the log to read, and its last lines."""
    out = progress.console
    out.print(f"\n[red]{what} failed:[/red] {escape(str(failure))}.", soft_wrap=True)
    if failure.log:
        out.print(f"Read {escape(str(failure.log))}", soft_wrap=True)
        for line in logs.last_lines(failure.log):
            out.print(f"  {escape(line)}", soft_wrap=True)


def _end(place: DemoPaths, progress: Progress, *, keep_servers: bool) -> None:
    with progress.step("Stopped"):
        stopping.stop_children(place.state)
        if not keep_servers:
            servers.stop(place.state)
    if keep_servers:
        progress.say("PostgreSQL and Redis ran before this demo and stay: `make stop` ends them.")
