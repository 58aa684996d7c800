"""Processes of the demo: each leads its own group, writes its own log, and is on record in the state folder.

A process id alone proves nothing, ids are reused: a record also holds the start time, and only a process
that has both is ended. A group number stays taken while any member lives, so a group whose leader is gone is ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

GRACE = 20.0
KILLED = 5.0
SAME_START = 1.0


@dataclass(frozen=True)
class Record:
    """One process: its id, when it started, and where it writes."""

    name: str
    pid: int
    started: float
    log: str


def spawn(name: str, command: Sequence[str], state: Path, *, cwd: Path, env: Mapping[str, str]) -> Record:
    """Start a process and put it on record."""
    log = log_file(state, name)
    with log.open("wb") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        child = subprocess.Popen(command, cwd=cwd, env=dict(env), start_new_session=True, **streams)
    return record(name, child.pid, state, log)


def record(name: str, pid: int, state: Path, log: Path) -> Record:
    made = Record(name, pid, psutil.Process(pid).create_time(), str(log))
    folder = state / "processes"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(asdict(made)))
    return made


def log_file(state: Path, name: str) -> Path:
    folder = state / "logs"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}.log"


def recorded(state: Path) -> list[Record]:
    return [Record(**json.loads(file.read_text())) for file in sorted((state / "processes").glob("*.json"))]


def alive(process: Record) -> bool:
    """Whether the recorded process, and not a later one with its number, still runs."""
    found = _find(process.pid)
    return found is not None and _same(found, process) and found.status() != psutil.STATUS_ZOMBIE


def stop(processes: Sequence[Record], grace: float = GRACE) -> None:
    """Ask every group to end, wait, and end by force what is left."""
    ours = [process for process in processes if _may_end(process)]
    _signal(ours, signal.SIGTERM)
    if not _gone(ours, grace):
        _signal(ours, signal.SIGKILL)
        _gone(ours, KILLED)


def forget(state: Path, processes: Sequence[Record]) -> None:
    for process in processes:
        (state / "processes" / f"{process.name}.json").unlink(missing_ok=True)


def _may_end(process: Record) -> bool:
    found = _find(process.pid)
    return found is None or _same(found, process)


def _find(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _same(found: psutil.Process, process: Record) -> bool:
    return abs(found.create_time() - process.started) < SAME_START


def _signal(processes: Sequence[Record], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _gone(processes: Sequence[Record], timeout: float) -> bool:
    deadline = time.time() + timeout
    while any(_group_lives(process.pid) for process in processes):
        if time.time() > deadline:
            return False
        time.sleep(0.1)
    return True


def _group_lives(group: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(group, os.WNOHANG)
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
