"""A pass through Airflow: DAGs loaded, each run once, and the failed task named when one fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from adsync_demo.airflow_home import rest
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Detail
from adsync_demo.services import processes
from adsync_demo.services.waiting import until

LOADED_TIMEOUT = 120.0
PASS_TIMEOUT = 600.0


@dataclass(frozen=True)
class Pass:
    """What every step of the pass needs: the client, the folders, the processes to keep an eye on."""

    client: httpx.Client
    place: DemoPaths
    watched: Sequence[processes.Record]

    def wait(self, remaining: Callable[[], str], seconds: float, log: str, tell: Detail) -> None:
        path = processes.log_file(self.place.state, log)
        until(remaining, seconds=seconds, watched=self.watched, log=path, tell=tell)


def wait_until_loaded(going: Pass, dags: Sequence[str], since: datetime, tell: Detail) -> None:
    """Wait until Airflow has read the DAGs since then; a DAG file that does not load is named at once."""

    def missing() -> str:
        if errors := rest.import_errors(going.client, since):
            raise DemoFailed(
                f"Airflow could not load {errors[0]}", processes.log_file(going.place.state, "dag-processor")
            )
        return ", ".join(sorted(set(dags) - rest.parsed(going.client, since)))

    going.wait(missing, LOADED_TIMEOUT, "dag-processor", tell)


def run_once(going: Pass, dags: Sequence[str], since: datetime, tell: Detail) -> None:
    """Have every one of the DAGs run since then.

    Two syncs at once would wait for each other's accounts, and two transforms for each other: what is under way
    or due by itself goes first, and only a DAG that was not due is started.
    """
    for dag in dags:
        rest.set_paused(going.client, dag, paused=False)
    _settle(going, dags, tell)
    for dag in dags:
        if not rest.runs_since(going.client, dag, since):
            rest.trigger(going.client, dag)
    _settle(going, dags, tell)
    _check(going, [run for dag in dags for run in rest.runs_since(going.client, dag, since)])


def _settle(going: Pass, dags: Sequence[str], tell: Detail) -> None:
    def unfinished() -> str:
        runs = {f"{run.dag_id} {run.state}" for dag in dags for run in rest.unfinished(going.client, dag)}
        runs |= {f"{dag} due" for dag in dags if rest.is_due(going.client, dag)}
        return ", ".join(sorted(runs)) + _retries(going) if runs else ""

    going.wait(unfinished, PASS_TIMEOUT, "scheduler", tell)


def _retries(going: Pass) -> str:
    tasks = rest.waiting_for_retry(going.client)
    return f"; failed and to be tried again: {', '.join(tasks)}" if tasks else ""


def _check(going: Pass, runs: Sequence[rest.Run]) -> None:
    for run in runs:
        if run.state != "success":
            raise _failure(going, run)


def _failure(going: Pass, run: rest.Run) -> DemoFailed:
    tasks = rest.failed_tasks(going.client, run)
    if not tasks:
        return DemoFailed(f"{run.dag_id} failed", processes.log_file(going.place.state, "scheduler"))
    names = ", ".join(sorted({task["task_id"] for task in tasks}))
    return DemoFailed(f"{run.dag_id} failed at {names}", _task_log(going.place.airflow / "logs", run, tasks[0]))


def _task_log(logs: Path, run: rest.Run, task: rest.Json) -> Path:
    """Where Airflow writes by default."""
    folder = logs / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={task['task_id']}"
    mapped = f"map_index={task['map_index']}" if task["map_index"] >= 0 else ""
    return folder / mapped / f"attempt={task['try_number']}.log"
