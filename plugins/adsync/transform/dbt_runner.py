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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
from psycopg.pq import Conninfo

from adsync import registry, settings
from adsync.errors import PermanentError
from adsync.transform import unbuilt

LIMIT = timedelta(minutes=30)
NAMED = 5
LEFT_OUT = ("unit_test", "exposure", "saved_query")
EVERYTHING_HOURLY = ("--selector", "hourly")
FAILED = {"error", "fail", "runtime error"}
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
    def run_results(self) -> Path:
        """The outcome of every node of the last run."""
        return self.target / "run_results.json"

    def command(self, *chosen: str) -> list[str]:
        """The one `dbt build`, of everything or of what `chosen` selects."""
        places = {"--project-dir": self.folder, "--profiles-dir": self.folder, "--target-path": self.target}
        words = [str(word) for pair in places.items() for word in pair]
        # Unit tests prove the code, not the data: they run where the code changes.
        # Exposures and saved queries only describe.
        left_out = [word for kind in LEFT_OUT for word in ("--exclude-resource-type", kind)]
        fixed = [*left_out, "--log-path", str(self.target), "--no-use-colors"]
        return [sys.executable, "-m", "dbt.cli.main", "build", *words, *fixed, *chosen]


def project() -> Project:
    """The project beside this package; dbt's own files go below the state folder, so that its parse cache is kept."""
    return Project(registry.DBT_PROJECT, settings.state_folder().resolve() / "dbt")


def build(url: str, project: Project, limit: timedelta = LIMIT, *, nightly: bool = False) -> None:
    """Build and test every model that may have changed since the last good build; TransformFailed names what broke.

    Only a `nightly` build runs the tests that read all of history, and looks at everything whatever has changed.
    """
    sight = unbuilt.look(url, project.folder)
    _run(url, project, () if nightly else _chosen(url, project, sight), limit)
    unbuilt.remember(url, sight, project.manifest)


def _chosen(url: str, project: Project, sight: unbuilt.Sight) -> Sequence[str]:
    """What to build, in dbt's words."""
    chosen = unbuilt.selection(url, sight) if project.manifest.exists() else None
    return chosen or EVERYTHING_HOURLY


def _run(url: str, project: Project, chosen: Sequence[str], limit: timedelta) -> None:
    project.target.mkdir(parents=True, exist_ok=True)
    project.run_results.unlink(missing_ok=True)
    with _running(project.command(*chosen), {**os.environ, **environment(url)}, limit) as process:
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
