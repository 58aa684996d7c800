"""The part of Airflow's REST API that the demo uses: health, pools, DAGs, runs and failed tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

TIMEOUT = 30.0
UNFINISHED = ("queued", "running")
COMPONENTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One run of a DAG."""

    dag_id: str
    run_id: str
    state: str


def open_client(url: str) -> httpx.Client:
    """Returns a client for one Airflow that ignores proxies of the environment."""
    return httpx.Client(base_url=url, timeout=TIMEOUT, trust_env=False)


def unhealthy(client: httpx.Client) -> list[str]:
    """Returns the components that are not healthy, from the body: the status code is 200 in any case."""
    try:
        body = client.get("/api/v2/monitor/health").raise_for_status().json()
    except httpx.HTTPError:
        return ["api-server"]
    return [name for name in COMPONENTS if (body.get(name) or {}).get("status") != "healthy"]


def log_in(client: httpx.Client, user: str, password: str) -> None:
    """Logs the client in; it sends the token with every later call."""
    answer = client.post("/auth/token", json={"username": user, "password": password}).raise_for_status()
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def create_pool(client: httpx.Client, name: str, slots: int, description: str) -> None:
    """Creates the pool unless it exists."""
    answer = client.post("/api/v2/pools", json={"name": name, "slots": slots, "description": description})
    if answer.status_code != httpx.codes.CONFLICT:
        answer.raise_for_status()


def parsed(client: httpx.Client, since: datetime) -> set[str]:
    """Returns the DAGs parsed after `since`; the database also has those of earlier days."""
    found = _get(client, "dags", limit=100)["dags"]
    return {dag["dag_id"] for dag in found if _is_since(dag["last_parsed_time"], since)}


def import_errors(client: httpx.Client, since: datetime) -> list[str]:
    """Returns the DAG files that failed to load, each with the last line of its traceback."""
    found = [error for error in _get(client, "importErrors")["import_errors"] if _is_since(error["timestamp"], since)]
    return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in found]


def set_paused(client: httpx.Client, dag_id: str, *, paused: bool) -> None:
    client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": paused}).raise_for_status()


def trigger(client: httpx.Client, dag_id: str) -> None:
    client.post(f"/api/v2/dags/{dag_id}/dagRuns", json={"logical_date": None}).raise_for_status()


def unfinished(client: httpx.Client, dag_id: str) -> list[Run]:
    return _runs(client, dag_id, state=UNFINISHED)


def runs_since(client: httpx.Client, dag_id: str, since: datetime) -> list[Run]:
    return _runs(client, dag_id, start_date_gte=since.isoformat())


def is_due(client: httpx.Client, dag_id: str) -> bool:
    """Returns whether a scheduled run is due."""
    after = _get(client, f"dags/{dag_id}")["next_dagrun_run_after"]
    return after is not None and datetime.fromisoformat(after) <= datetime.now(UTC)


def failed_tasks(client: httpx.Client, of: Run) -> list[Json]:
    """Returns the task instances that failed themselves, without those that failed because of them."""
    path = f"dags/{of.dag_id}/dagRuns/{of.run_id}/taskInstances"
    return list(_get(client, path, state="failed", limit=100)["task_instances"])


def waiting_for_retry(client: httpx.Client) -> list[str]:
    """Returns the tasks that wait for a retry, as `dag.task`."""
    found = _get(client, "dags/~/dagRuns/~/taskInstances", state="up_for_retry", limit=100)["task_instances"]
    return sorted({f"{task['dag_id']}.{task['task_id']}" for task in found})


def _get(client: httpx.Client, path: str, **query: object) -> Json:
    answer: Json = client.get(f"/api/v2/{path}", params=query).raise_for_status().json()
    return answer


def _is_since(moment: str | None, since: datetime) -> bool:
    return moment is not None and datetime.fromisoformat(moment) >= since


def _runs(client: httpx.Client, dag_id: str, **query: object) -> list[Run]:
    return [_run(body) for body in _get(client, f"dags/{dag_id}/dagRuns", limit=100, **query)["dag_runs"]]


def _run(body: Json) -> Run:
    return Run(body["dag_id"], body["dag_run_id"], body["state"])
