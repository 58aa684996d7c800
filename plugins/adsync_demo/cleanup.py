"""Stops at the end, however it comes, what the demo started; servers that ran before keep running."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape

from adsync_demo.airflow_runtime import logs
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Progress
from adsync_demo.services import processes, servers, stopping

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stop_on_exit(paths: DemoPaths, progress: Progress) -> Iterator[None]:
    """Turns signals into KeyboardInterrupt; stops what a killed demo left, and at the end what this one started."""
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    if processes.recorded(paths.state):
        with progress.step("Stopped processes that a killed demo had left"):
            stopping.stop_children(paths.state)
    main = processes.record(stopping.MAIN, os.getpid(), paths.state, Path())
    ran_before = servers.find(paths.state) is not None
    try:
        yield
    finally:
        # A second Ctrl-C must not interrupt the cleanup.
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        _stop(paths, progress, keep_servers=ran_before)
        processes.forget(paths.state, [main])


def explain(progress: Progress, failure: DemoFailed, what: str) -> None:
    """Prints the error, the path of the log, and its last lines."""
    out = progress.console
    out.print(f"\n[red]{what} failed:[/red] {escape(str(failure))}.", soft_wrap=True)
    if failure.log:
        out.print(f"Read {escape(str(failure.log))}", soft_wrap=True)
        for line in logs.last_lines(failure.log):
            out.print(f"  {escape(line)}", soft_wrap=True)


def _stop(paths: DemoPaths, progress: Progress, *, keep_servers: bool) -> None:
    with progress.step("Stopped"):
        stopping.stop_children(paths.state)
        if not keep_servers:
            servers.stop(paths.state)
    if keep_servers:
        progress.say("PostgreSQL and Redis were running before and keep running: `make stop` stops them.")
