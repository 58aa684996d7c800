"""The one error of the demo: a sentence for the person at the terminal, and the log that tells more."""

from __future__ import annotations

from pathlib import Path


class DemoFailed(Exception):
    """A step could not be done; `log` is the file to read, when there is one."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log
