"""Waits with a deadline, and fails early if a watched process exits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from adsync_demo.failures import DemoFailed
from adsync_demo.progress import Detail
from adsync_demo.services import processes

PAUSE = 1.0


def until(
    remaining: Callable[[], str], *, seconds: float, watched: Sequence[processes.Record], log: Path, show: Detail
) -> None:
    """Polls until `remaining` returns an empty text. Raises DemoFailed at the deadline or if a process exits."""
    deadline = time.monotonic() + seconds
    while waiting_for := remaining():
        if dead := [process for process in watched if not processes.alive(process)]:
            raise DemoFailed(f"{dead[0].name} exited unexpectedly", Path(dead[0].log))
        if time.monotonic() > deadline:
            raise DemoFailed(f"still waiting after {seconds:.0f} s: {waiting_for}", log)
        show(waiting_for)
        time.sleep(PAUSE)
