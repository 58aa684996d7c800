"""Runs `dbt build` once, as a process of its own.

dbt keeps global state and a log handler of its own: inside a task's process it would write over Airflow's.
The password reaches it through libpq's own environment variables and nothing else.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
from psycopg.pq import Conninfo

from adsync import registry, settings
from adsync.errors import PermanentError
from adsync.transform.selection import BuildRequest, WarehouseSnapshot, record_build, select_nodes
from adsync.warehouse.connection import connect_now

LIMIT = timedelta(minutes=30)
NAMED = 5
LEFT_OUT = ("unit_test", "exposure", "saved_query")
FAILED = {"error", "fail", "runtime error"}
# dbt-postgres names its sessions so.
OPEN_SESSIONS = """
    select exists (
        select 1 from pg_stat_activity where application_name = 'dbt' and datname = current_database()
    )
"""
SESSION_CHECKS = 40
SESSION_CHECK_SECONDS = 0.05
LOG = logging.getLogger(__name__)


class TransformFailed(PermanentError):
    """`dbt build` did not finish well. The clock starts the next run soon: this one is not repeated."""


class NodeResult(msgspec.Struct):
    """A node in dbt's `run_results.json`."""

    unique_id: str
    status: str
    message: str | None

    @property
    def name(self) -> str:
        return self.unique_id.split(".")[2]


class RunResults(msgspec.Struct):
    """dbt's `run_results.json`, as far as it says what failed."""

    results: list[NodeResult]


@dataclass(frozen=True)
class Project:
    """Where the dbt project is, and where a run may write."""

    folder: Path
    target: Path

    @property
    def manifest(self) -> Path:
        """What dbt says of the project that it built last."""
        return self.target / "manifest.json"

    @property
    def state(self) -> Path:
        """Where the manifest of the last good build is put for dbt to compare with."""
        return self.target / "state"

    @property
    def run_results(self) -> Path:
        """The outcome of every node of the last run."""
        return self.target / "run_results.json"

    def command(self, *words: str) -> list[str]:
        """Returns one `dbt build`, of everything or of what `words` select."""
        places = {"--project-dir": self.folder, "--profiles-dir": self.folder, "--target-path": self.target}
        folders = [str(word) for pair in places.items() for word in pair]
        # Unit tests prove the code, not the data: they run where the code changes.
        # Exposures and saved queries only describe.
        left_out = [word for kind in LEFT_OUT for word in ("--exclude-resource-type", kind)]
        # The task's log has dbt's output; its own file of every query costs as much as the queries of small tables.
        logs = ["--log-path", str(self.target), "--log-level-file", "none", "--no-use-colors"]
        return [sys.executable, "-m", "dbt.cli.main", "build", *folders, *left_out, *logs, *words]


def project() -> Project:
    """The project beside this package; dbt's own files go below the state folder, so that its parse cache is kept."""
    return Project(registry.DBT_PROJECT, settings.state_folder().resolve() / "dbt")


def build(
    url: str,
    project: Project,
    snapshot: WarehouseSnapshot,
    request: BuildRequest | None = None,
    *,
    run_id: str,
    limit: timedelta = LIMIT,
) -> None:
    """Builds and tests what has changed since the last good build, or what `request` names.

    A whole build is recorded. Raises TransformFailed, which names what broke.
    """
    request = request or BuildRequest()
    for words in select_nodes(url, snapshot, request, project.state):
        _run(url, project, words, limit)
    if not request.select:
        _wait_for_sessions(url)
        record_build(url, run_id, snapshot, project.manifest)


def _wait_for_sessions(url: str) -> None:
    """Waits until dbt's sessions have ended: only then do all counters of written rows hold what it wrote."""
    with connect_now(url) as connection:
        # In a transaction PostgreSQL would show the same sessions again.
        connection.autocommit = True
        for _ in range(SESSION_CHECKS):
            [(are_open,)] = connection.execute(OPEN_SESSIONS)
            if not are_open:
                return
            time.sleep(SESSION_CHECK_SECONDS)


def _run(url: str, project: Project, words: Sequence[str], limit: timedelta) -> None:
    project.target.mkdir(parents=True, exist_ok=True)
    project.run_results.unlink(missing_ok=True)
    with _running(project.command(*words), {**os.environ, **environment(url)}, limit) as process:
        lines = [line.rstrip() for line in _logged(process)]
    if process.returncode == -signal.SIGKILL:
        raise TransformFailed(f"dbt build was killed: it took longer than {limit}, or the machine ran out of memory")
    if process.returncode:
        raise TransformFailed(_reason(project, lines))


def environment(url: str) -> dict[str, str]:
    """What `url` says, as the variables libpq reads (PGHOST, PGPASSWORD, ...), and no telemetry."""
    told = {option.envvar: option.val for option in Conninfo.parse(url.encode()) if option.envvar and option.val}
    return {name.decode(): value.decode() for name, value in told.items()} | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


@contextmanager
def _running(command: list[str], environment: dict[str, str], limit: timedelta) -> Iterator[subprocess.Popen[str]]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "encoding": "utf-8"}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        alarm = threading.Timer(limit.total_seconds(), process.kill)
        alarm.start()
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
            alarm.cancel()


def _logged(process: subprocess.Popen[str]) -> Iterator[str]:
    for line in process.stdout or ():
        LOG.info(line.rstrip())
        yield line


def _reason(project: Project, lines: list[str]) -> str:
    """Returns one sentence: the nodes that failed and the message of the first, else the last line of the output."""
    failed = [node for node in _results(project) if node.status in FAILED]
    if not failed:
        last = next((line for line in reversed(lines) if line), "no output")
        return f"dbt build failed before it ran a model; last line of its output: {last}"
    names = ", ".join(node.name for node in failed[:NAMED])
    more = f" and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    message = " ".join((failed[0].message or "no message; see the log above").split())
    return f"dbt build failed at {names}{more}: {message}"


def _results(project: Project) -> list[NodeResult]:
    """Returns the outcome of every node; empty if dbt ended before it ran one."""
    if not project.run_results.exists():
        return []
    return msgspec.json.decode(project.run_results.read_bytes(), type=RunResults).results
