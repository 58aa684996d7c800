"""`make compose-dryrun`: the production topology without a container engine.

Every command and every health check of docker-compose.yaml runs as a local process; only addresses and folders are
replaced. PostgreSQL and Redis are the embedded ones. Two Celery workers then sync the sandbox's platforms, and every
number is compared with the answer key.
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
from adsync_demo.airflow_runtime import dag_runs, keys, rest
from adsync_demo.airflow_runtime.dag_runs import DagPass
from adsync_demo.cleanup import explain, stop_on_exit
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
# What a Celery worker logs when a task has finished.
FINISHED = "succeeded in"
# Few orders: Salla's real rate limit determines the length of a first sync.
SALES = "4"


@dataclass(frozen=True)
class ComposeRun:
    """What all steps share."""

    paths: DemoPaths
    progress: Progress
    servers: Servers
    page: str
    password: str
    services: Mapping[str, Service]
    machine: Machine


def run(paths: DemoPaths) -> int:
    """Runs every step and returns an exit code; raises Busy if a dry run is already running."""
    progress = Progress(console())
    with locked(make_state(paths.state) / LOCK, wait=False), stop_on_exit(paths, progress):
        try:
            _run_steps(_prepare(paths, progress))
        except DemoFailed as failure:
            explain(progress, failure, "The dry run")
            return 1
        except KeyboardInterrupt:
            return INTERRUPTED
    return 0


def _prepare(paths: DemoPaths, progress: Progress) -> ComposeRun:
    """Empties the state folder, starts the two servers, and reads the compose file with secrets filled in."""
    _empty(paths.state)
    with progress.step("PostgreSQL and Redis, embedded instead of containers"):
        running = servers.start(paths.state)
    ports = {"5432": running.postgres_port, "6379": running.redis_port}
    ports |= {str(port): free_port(port) for port in (8080, 8765)}
    password = secrets.token_urlsafe(9)
    with progress.step("docker-compose.yaml, with the profiles celery and sandbox"):
        services = compose_file.read(paths.root / "docker-compose.yaml", _variables(running, password))
    page = f"http://{HOST}:{ports['8080']}"
    return ComposeRun(paths, progress, running, page, password, services, Machine(paths, ports))


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


def _run_steps(run: ComposeRun) -> None:
    began = datetime.now(UTC)
    running = _start(run)
    workers = [process for process in running if process.name.startswith("worker")]
    with rest.open_client(run.page) as client:
        rest.log_in(client, ADMIN, run.password)
        _pass(run, DagPass(client, run.paths, running), began)
    with run.progress.step("Every number compared with the sandbox's answer key"):
        _check(run)
    with run.progress.step("Tasks on both workers"):
        _check_workers(run, workers)


def _start(run: ComposeRun) -> list[processes.Record]:
    running: dict[str, tuple[Instance, processes.Record]] = {}
    for service in run.services.values():
        needed = [name for name, condition in service.after.items() if condition == "service_healthy"]
        _wait_for_health(run, {name: of for name, of in running.items() if of[0].service.name in needed})
        for number in range(1, service.replicas + 1):
            instance = run.machine.instance(service, number)
            if service.health_check:
                running[instance.name] = (instance, instance.start())
                run.progress.say(f"  {instance.name}: {compose_file.one_line(instance.service.command)}")
            else:
                with run.progress.step(f"{instance.name}: {compose_file.one_line(instance.service.command)}"):
                    instance.run_once()
    _wait_for_health(run, running)
    return [process for _, process in running.values()]


def _wait_for_health(run: ComposeRun, running: Mapping[str, tuple[Instance, processes.Record]]) -> None:
    if not running:
        return
    unhealthy = dict(running)

    def remaining() -> str:
        for name in [name for name, (instance, _) in unhealthy.items() if instance.is_healthy()]:
            del unhealthy[name]
        return ", ".join(unhealthy)

    watched = [process for _, process in running.values()]
    with run.progress.step(f"Health checks of {', '.join(running)}") as show:
        waiting.until(remaining, seconds=HEALTHY_TIMEOUT, watched=watched, log=Path(watched[0].log), show=show)


def _pass(run: ComposeRun, dag_pass: DagPass, began: datetime) -> None:
    syncs = [f"sync_{name}" for name in registry.names()]
    with run.progress.step("DAGs loaded") as show:
        dag_runs.wait_until_loaded(dag_pass, [*syncs, "transform"], began, show)
    rest.set_paused(dag_pass.client, "transform", paused=True)
    for dags, since in ((syncs, began), (["transform"], datetime.now(UTC))):
        with run.progress.step(", ".join(dags)) as show:
            dag_runs.run_once(dag_pass, dags, since, show)


def _check(run: ComposeRun) -> None:
    with connect_now(run.servers.database_url()) as connection:
        if found := answer_check.differences(connection, sandbox_process.answer_key(run.paths)):
            raise DemoFailed("stored numbers differ from the sandbox's answer key: " + "; ".join(found))


def _check_workers(run: ComposeRun, workers: Sequence[processes.Record]) -> None:
    for worker in workers:
        done = Path(worker.log).read_text(encoding="utf-8", errors="replace").count(FINISHED)
        run.progress.say(f"  {worker.name}: {done} tasks")
        if not done:
            raise DemoFailed(f"{worker.name} ran no task", Path(worker.log))


def _empty(state: Path) -> None:
    """Removes everything of earlier runs: a dry run tests a first start."""
    servers.stop(state)
    for each in state.iterdir():
        if each.name in {LOCK, MARKER, "processes"}:
            continue
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
