"""`make compose-dryrun`: the production topology without an engine.

Every command and every health check of docker-compose.yaml runs as it stands there, as a process of this machine;
only addresses and folders are moved. PostgreSQL and Redis are the embedded ones. Then the sandbox's platforms are
synced through two Celery workers, and every number is held against the answer key.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adsync import registry
from adsync.warehouse.connection import connect_now
from adsync_demo import answer_check
from adsync_demo.airflow_home import dag_runs, keys, rest
from adsync_demo.airflow_home.dag_runs import Pass
from adsync_demo.cleanup import ending_what_it_started, explain
from adsync_demo.compose_dryrun import compose_file
from adsync_demo.compose_dryrun.compose_file import Service
from adsync_demo.compose_dryrun.containers import Instance, Machine
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Progress, console
from adsync_demo.services import processes, sandbox_process, servers, waiting
from adsync_demo.services.files import HOST, MARKER, free_port, locked, make_state
from adsync_demo.services.servers import Servers

HEALTHY_TIMEOUT = 240.0
LOCK = "demo.lock"
ADMIN = "admin"
INTERRUPTED = 130
# What a Celery worker logs when a task of its is over.
FINISHED = "succeeded in"
# Few orders: Salla's real call budget decides how long a first sync takes.
SALES = "4"


@dataclass(frozen=True)
class Rehearsal:
    """All that the steps share."""

    place: DemoPaths
    progress: Progress
    servers: Servers
    page: str
    password: str
    services: Mapping[str, Service]
    machine: Machine


def run(place: DemoPaths) -> int:
    """Do all of it and return an exit code; Busy when one runs already."""
    progress = Progress(console())
    with locked(make_state(place.state) / LOCK, wait=False), ending_what_it_started(place, progress):
        try:
            _rehearse(_prepared(place, progress))
        except DemoFailed as failure:
            explain(progress, failure, "The dry run")
            return 1
        except KeyboardInterrupt:
            return INTERRUPTED
    return 0


def _prepared(place: DemoPaths, progress: Progress) -> Rehearsal:
    """An empty state folder, the two servers, and the compose file with secrets filled in."""
    _emptied(place.state)
    with progress.step("PostgreSQL and Redis stand in for theirs"):
        running = servers.start(place.state)
    ports = {"5432": running.postgres_port, "6379": running.redis_port}
    ports |= {str(port): free_port(port) for port in (8080, 8765)}
    password = secrets.token_urlsafe(9)
    with progress.step("docker-compose.yaml, with the profiles celery and sandbox"):
        services = compose_file.read(place.root / "docker-compose.yaml", _variables(running, password))
    page = f"http://{HOST}:{ports['8080']}"
    return Rehearsal(place, progress, running, page, password, services, Machine(place, ports))


def _variables(running: Servers, password: str) -> dict[str, str]:
    return keys.secret_variables() | {
        "POSTGRES_PASSWORD": running.postgres_password,
        "ADSYNC_ADMIN_PASSWORD": password,
        "ADSYNC_EXECUTOR": "CeleryExecutor",
        "ADSYNC_CONFIG": "/srv/sandbox/workspaces.yaml",
        "ADSYNC_SANDBOX_SALES": SALES,
        "ADSYNC_API_WORKERS": "1",
        "ADSYNC_WORKER_TASKS": "2",
    }


def _rehearse(going: Rehearsal) -> None:
    began = datetime.now(UTC)
    running = _started(going)
    workers = [process for process in running if process.name.startswith("worker")]
    with rest.open_client(going.page) as client:
        rest.log_in(client, ADMIN, going.password)
        _pass(going, Pass(client, going.place, running), began)
    with going.progress.step("Every number against the sandbox's answer key"):
        _check(going)
    with going.progress.step("Tasks on both workers"):
        _check_workers(going, workers)


def _started(going: Rehearsal) -> list[processes.Record]:
    running: dict[str, tuple[Instance, processes.Record]] = {}
    for service in going.services.values():
        needed = [name for name, condition in service.after.items() if condition == "service_healthy"]
        _wait_for_health(going, {name: of for name, of in running.items() if of[0].service.name in needed})
        for number in range(1, service.replicas + 1):
            instance = going.machine.instance(service, number)
            if service.check:
                running[instance.name] = (instance, instance.start())
                going.progress.say(f"  {instance.name}: {compose_file.said(instance.service.command)}")
            else:
                with going.progress.step(f"{instance.name}: {compose_file.said(instance.service.command)}"):
                    instance.run_once()
    _wait_for_health(going, running)
    return [process for _, process in running.values()]


def _wait_for_health(going: Rehearsal, running: Mapping[str, tuple[Instance, processes.Record]]) -> None:
    if not running:
        return
    sick = dict(running)

    def remaining() -> str:
        for name in [name for name, (instance, _) in sick.items() if instance.is_well()]:
            del sick[name]
        return ", ".join(sick)

    watched = [process for _, process in running.values()]
    with going.progress.step(f"Health checks of {', '.join(running)}") as tell:
        waiting.until(remaining, seconds=HEALTHY_TIMEOUT, watched=watched, log=Path(watched[0].log), tell=tell)


def _pass(going: Rehearsal, through: Pass, began: datetime) -> None:
    syncs = [f"sync_{name}" for name in registry.names()]
    with going.progress.step("DAGs loaded") as tell:
        dag_runs.wait_until_loaded(through, [*syncs, "transform"], began, tell)
    rest.set_paused(through.client, "transform", paused=True)
    for dags, since in ((syncs, began), (["transform"], datetime.now(UTC))):
        with going.progress.step(", ".join(dags)) as tell:
            dag_runs.run_once(through, dags, since, tell)


def _check(going: Rehearsal) -> None:
    with connect_now(going.servers.database_url()) as connection:
        if found := answer_check.differences(connection, sandbox_process.answer_key(going.place)):
            raise DemoFailed("stored numbers differ from the sandbox's answer key: " + "; ".join(found))


def _check_workers(going: Rehearsal, workers: Sequence[processes.Record]) -> None:
    for worker in workers:
        done = Path(worker.log).read_text(encoding="utf-8", errors="replace").count(FINISHED)
        going.progress.say(f"  {worker.name}: {done} tasks")
        if not done:
            raise DemoFailed(f"{worker.name} was given nothing to do", Path(worker.log))


def _emptied(state: Path) -> None:
    """A dry run proves a first start: nothing of an earlier one may help it."""
    servers.stop(state)
    for each in state.iterdir():
        if each.name in {LOCK, MARKER, "processes"}:
            continue
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
