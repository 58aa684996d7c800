"""Bounded waiting that notices when the process it waits for has died."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from adsync_demo.failures import DemoFailed
from adsync_demo.progress import Detail
from adsync_demo.services import processes

PAUSE = 1.0


def until(
    remaining: Callable[[], str], *, seconds: float, watched: Sequence[processes.Record], log: Path, tell: Detail
) -> None:
    """Poll until `remaining` names nothing any more; DemoFailed when time is up or a watched process is gone."""
    deadline = time.monotonic() + seconds
    while waiting_for := remaining():
        if dead := [process for process in watched if not processes.alive(process)]:
            raise DemoFailed(f"{dead[0].name} ended by itself", Path(dead[0].log))
        if time.monotonic() > deadline:
            raise DemoFailed(f"after {seconds:.0f} s still waiting: {waiting_for}", log)
        tell(waiting_for)
        time.sleep(PAUSE)
