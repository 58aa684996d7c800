"""Benchmarks run: at a small size, as a check that they work, not how fast they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
TIMEOUT = 300


def run(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent / "plugins"), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=FOLDER,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )


def test_extract_load_compares_the_sync_with_the_hand_written_loop():
    done = run("extract_load.py", "--scale", "0.01", "--rounds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "900 Meta rows into raw" in done.stdout
    assert all(label in done.stdout for label in ("wall s", "client CPU s", "peak MB, 9,000 rows"))


def test_the_error_of_a_child_process_is_shown():
    program = "import extract_load; extract_load._run_child('ours', 'postgresql://x:y@127.0.0.1:1/none', 1, 1)"
    done = run("-c", program)
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert "the process that measures 'ours' failed with exit code 1, see above" in done.stderr
