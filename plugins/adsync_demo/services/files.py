"""Small dealings with the machine: private files, free ports, one holder at a time."""

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
    """The state folder, made if need be and marked as ours."""
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    (state / MARKER).touch()
    return state


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, not even for the moment in which it is made."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def free_port(*preferred: int) -> int:
    """The first of the preferred ports on which nothing listens, else any free one."""
    for port in (*preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            # As servers do: a port in TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {HOST}")


def kept_port(record: Path) -> int:
    """The port of the last start if it is still free: addresses that people wrote down stay right."""
    last = [int(record.read_text())] if record.exists() else []
    port = free_port(*last)
    record.write_text(str(port))
    return port


@contextlib.contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a file lock; it ends with the process, however that ends. Busy when `wait` is false and it is taken."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Busy(str(path)) from error
        yield
