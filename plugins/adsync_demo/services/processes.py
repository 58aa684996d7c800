"""Processes of the demo: each leads a session, writes its own log, and has a record in the state folder.

Process ids are reused, so a record also has the start time, and only a process that matches both is stopped. A
session's id stays taken while any member runs, so the session of a leader that exited is still ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

GRACE = 10.0
KILLED = 5.0
SAME_START = 1.0
# Kept so that they can be reaped; a Popen that is dropped before that warns that the process still runs.
CHILDREN: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Record:
    """One process: its id, its start time in unix seconds, and its log."""

    name: str
    pid: int
    started: float
    log: str


def spawn(name: str, command: Sequence[str], state: Path, *, cwd: Path, env: Mapping[str, str]) -> Record:
    """Starts a process and records it."""
    log = log_file(state, name)
    with log.open("wb") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        child = subprocess.Popen(command, cwd=cwd, env=dict(env), start_new_session=True, **streams)
    CHILDREN.append(child)
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
    """Returns whether the recorded process, not a later one with the same id, still runs."""
    _reap()
    found = _find(process.pid)
    return found is not None and _same(found, process) and not _has_exited(process.pid)


def stop(processes: Sequence[Record], grace: float = GRACE) -> None:
    """Terminates every process, waits, and kills what is left of its session: a task has its own process group."""
    ours = {process.pid for process in processes if _may_stop(process)}
    for leader in ours:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGTERM)
    if not _gone(ours, grace):
        for member in _members(ours):
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        _gone(ours, KILLED)
    _reap(ours)


def forget(state: Path, processes: Sequence[Record]) -> None:
    for process in processes:
        (state / "processes" / f"{process.name}.json").unlink(missing_ok=True)


def _may_stop(process: Record) -> bool:
    found = _find(process.pid)
    return found is None or _same(found, process)


def _find(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _same(found: psutil.Process, process: Record) -> bool:
    return abs(found.create_time() - process.started) < SAME_START


def _gone(sessions: Collection[int], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while _members(sessions):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _reap(stopped: Collection[int] = ()) -> None:
    """Collects the exit codes of children, so that none stays a zombie.

    A stopped child can be a zombie that is not reapable yet, as long as one of its threads is still exiting.
    """
    for child in CHILDREN:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(KILLED if child.pid in stopped else 0)


def _members(sessions: Collection[int]) -> list[int]:
    return [pid for pid in psutil.pids() if _session(pid) in sessions and not _has_exited(pid)] if sessions else []


def _session(pid: int) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return None


def _has_exited(pid: int) -> bool:
    found = _find(pid)
    return found is None or found.status() == psutil.STATUS_ZOMBIE
