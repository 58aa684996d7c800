"""Waits for the effects of other processes, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(found: Callable[[], Found], what: str, *, seconds: float, pause: float = 0.05) -> Found:
    """Calls `found` until it returns a true value, and returns that; fails with `what` when the time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, what
        time.sleep(pause)
    return answer
