"""Waiting for what other processes do, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(found: Callable[[], Found], what: str, *, seconds: float, pause: float = 0.05) -> Found:
    """Ask again and again, and return the first answer that is one; what was waited for is named when time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, what
        time.sleep(pause)
    return answer
