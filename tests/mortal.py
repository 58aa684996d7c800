"""What a run of the tests starts ends with it, however it ends: also by SIGKILL, which no `finally` hears of."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A pipe that nobody writes to ends when its only writer does.
WAITING = 'read -r _; "$@"; rm -rf "$0"'
SECONDS = 120


@contextmanager
def ending_with_this_process(state: Path) -> Iterator[None]:
    """Afterwards the servers of this folder are ended, and the folder is gone."""
    stop = [sys.executable, "-m", "adsync_demo", "--state", str(state), "stop"]
    # A session of its own: whoever kills the whole group of the tests must not meet the one that tidies up.
    tidying = subprocess.Popen(
        ["sh", "-c", WAITING, str(state), *stop],
        stdin=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield
    finally:
        tidying.communicate(timeout=SECONDS)
