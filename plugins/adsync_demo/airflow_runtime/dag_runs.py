"""One pass through every DAG: waits until they are loaded, runs each once, and names the task that failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from adsync_demo.airflow_runtime import rest
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Detail
from adsync_demo.services import processes
from adsync_demo.services.waiting import until

LOADED_TIMEOUT = 120.0
PASS_TIMEOUT = 600.0


@dataclass(frozen=True)
class DagPass:
    """What every step of a pass needs: the client, the folders, the processes to watch."""

    client: httpx.Client
    paths: DemoPaths
    watched: Sequence[processes.Record]

    def wait(self, remaining: Callable[[], str], seconds: float, log: str, show: Detail) -> None:
        path = processes.log_file(self.paths.state, log)
        until(remaining, seconds=seconds, watched=self.watched, log=path, show=show)


def wait_until_loaded(dag_pass: DagPass, dags: Sequence[str], since: datetime, show: Detail) -> None:
    """Waits until Airflow has parsed the DAGs after `since`; fails at once if a DAG file does not load."""

    def missing() -> str:
        if errors := rest.import_errors(dag_pass.client, since):
            raise DemoFailed(
                f"Airflow could not load {errors[0]}", processes.log_file(dag_pass.paths.state, "dag-processor")
            )
        return ", ".join(sorted(set(dags) - rest.parsed(dag_pass.client, since)))

    dag_pass.wait(missing, LOADED_TIMEOUT, "dag-processor", show)


def run_once(dag_pass: DagPass, dags: Sequence[str], since: datetime, show: Detail) -> None:
    """Makes every DAG run once after `since`.

    Runs that are under way or scheduled finish first, and only a DAG without a run is triggered: two syncs of a source
    would wait for each other's accounts, and two transforms for each other.
    """
    for dag in dags:
        rest.set_paused(dag_pass.client, dag, paused=False)
    _settle(dag_pass, dags, show)
    for dag in dags:
        if not rest.runs_since(dag_pass.client, dag, since):
            rest.trigger(dag_pass.client, dag)
    _settle(dag_pass, dags, show)
    _check(dag_pass, [run for dag in dags for run in rest.runs_since(dag_pass.client, dag, since)])


def _settle(dag_pass: DagPass, dags: Sequence[str], show: Detail) -> None:
    def unfinished() -> str:
        runs = {f"{run.dag_id} {run.state}" for dag in dags for run in rest.unfinished(dag_pass.client, dag)}
        runs |= {f"{dag} due" for dag in dags if rest.is_due(dag_pass.client, dag)}
        return ", ".join(sorted(runs)) + _retries(dag_pass) if runs else ""

    dag_pass.wait(unfinished, PASS_TIMEOUT, "scheduler", show)


def _retries(dag_pass: DagPass) -> str:
    tasks = rest.waiting_for_retry(dag_pass.client)
    return f"; waiting for a retry: {', '.join(tasks)}" if tasks else ""


def _check(dag_pass: DagPass, runs: Sequence[rest.Run]) -> None:
    for run in runs:
        if run.state != "success":
            raise _failure(dag_pass, run)


def _failure(dag_pass: DagPass, run: rest.Run) -> DemoFailed:
    tasks = rest.failed_tasks(dag_pass.client, run)
    if not tasks:
        return DemoFailed(f"{run.dag_id} failed", processes.log_file(dag_pass.paths.state, "scheduler"))
    names = ", ".join(sorted({task["task_id"] for task in tasks}))
    return DemoFailed(f"{run.dag_id} failed at {names}", _task_log(dag_pass.paths.airflow / "logs", run, tasks[0]))


def _task_log(logs: Path, run: rest.Run, task: rest.Json) -> Path:
    """Returns the path at which Airflow writes a task's log by default."""
    folder = logs / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={task['task_id']}"
    mapped = f"map_index={task['map_index']}" if task["map_index"] >= 0 else ""
    return folder / mapped / f"attempt={task['try_number']}.log"
