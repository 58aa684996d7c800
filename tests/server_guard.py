"""Stops the test servers with the process that started them, also after SIGKILL, which no `finally` survives."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Standard input is a pipe whose only writer is this process: `read` returns when the process ends, however it ends.
SCRIPT = 'read -r _; "$@"; rm -rf "$0"'
TIMEOUT_SECONDS = 120


@contextmanager
def stop_servers_on_exit(state: Path) -> Iterator[None]:
    """Stops the servers of the state folder afterwards and removes the folder."""
    stop = [sys.executable, "-m", "adsync_demo", "--state", str(state), "stop"]
    # In a session of its own, so that a signal to the tests' process group does not reach it.
    guard = subprocess.Popen(
        ["sh", "-c", SCRIPT, str(state), *stop],
        stdin=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield
    finally:
        guard.communicate(timeout=TIMEOUT_SECONDS)
