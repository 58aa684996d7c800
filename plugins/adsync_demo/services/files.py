"""Private files, free ports and file locks."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

HOST = "127.0.0.1"
# `make clean` removes a state folder only when it finds this file in it.
MARKER = "adsync-state"


class Busy(RuntimeError):
    """Another process holds the lock."""


def make_state(state: Path) -> Path:
    """Creates the state folder if it is missing, and marks it as one of ours."""
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    (state / MARKER).touch()
    return state


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, from the moment of its creation."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def free_port(*preferred: int) -> int:
    """Returns the first preferred port that is free, else any free port."""
    for port in (*preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            # As servers do: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {HOST}")


def stable_port(record: Path) -> int:
    """Returns the port of the last start if it is free, so that addresses stay valid across restarts."""
    last = [int(record.read_text())] if record.exists() else []
    port = free_port(*last)
    record.write_text(str(port))
    return port


@contextlib.contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Holds a file lock, which the system releases with the process; raises Busy if it is taken and `wait` is false."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Busy(str(path)) from error
        yield
