"""The error of the demo: a sentence for the terminal, and the log with the details."""

from __future__ import annotations

from pathlib import Path


class DemoFailed(Exception):
    """A step failed; `log` is the file to read, if there is one."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log
