"""The steps of the demo: servers, sandbox, Airflow, one pass through every DAG, the answer check, the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx

from adsync import registry
from adsync.airflow_support import pools
from adsync.warehouse.connection import connect_now
from adsync_demo import answer_check, shell_script, summary
from adsync_demo.airflow_runtime import airflow_processes, dag_runs, environment, rest
from adsync_demo.airflow_runtime.dag_runs import DagPass
from adsync_demo.airflow_runtime.keys import Keys, keys
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Progress
from adsync_demo.services import demo_warehouse, processes, sandbox_process, servers, world_day
from adsync_demo.services.files import HOST, free_port
from adsync_demo.services.servers import Servers

TRANSFORM = "transform"


@dataclass(frozen=True)
class DemoContext:
    """What is known once the servers run and the ports are chosen."""

    paths: DemoPaths
    servers: Servers
    keys: Keys
    page: str
    variables: Mapping[str, str]


def run_steps(paths: DemoPaths, progress: Progress, port: int) -> list[processes.Record]:
    """Runs every step and returns the processes that keep running."""
    began = datetime.now(UTC)
    context = _prepare(paths, progress, free_port(port))
    with progress.step("Sandbox of the platforms") as show:
        sandbox = sandbox_process.start(paths, context.variables, show)
    key = sandbox_process.answer_key(paths)
    if demo_warehouse.prepare(paths, context.servers, world_day.of(key)):
        progress.say("The sandbox's data is relative to another day now: the demo's warehouse starts empty.")
    connections = environment.platforms(sandbox_process.connections(paths))
    context = replace(context, variables={**context.variables, **connections})
    shell_script.write_script(paths, context.variables)
    with rest.open_client(context.page) as client:
        running = [sandbox, *_start_airflow(context, progress, client)]
        _pass(DagPass(client, paths, running), progress, began)
    with progress.step("Every number compared with the sandbox's answer key"):
        _check(context, key)
    _print(context, progress, began)
    return running


def _prepare(paths: DemoPaths, progress: Progress, port: int) -> DemoContext:
    with progress.step("PostgreSQL and Redis"):
        running = servers.start(paths.state)
    secrets = keys(paths.state)
    environment.write_login(paths, secrets)
    variables = environment.airflow(paths, running, secrets, port)
    return DemoContext(paths, running, secrets, f"http://{HOST}:{port}", variables)


def _start_airflow(context: DemoContext, progress: Progress, client: httpx.Client) -> list[processes.Record]:
    with progress.step("Airflow's database"):
        airflow_processes.migrate(context.paths, context.variables)
    with progress.step("Airflow: scheduler, API server, DAG processor, triggerer") as show:
        running = airflow_processes.start(context.paths, context.variables)
        airflow_processes.wait_until_healthy(client, running, show)
        rest.log_in(client, environment.USER, context.keys.password)
        rest.create_pool(client, pools.MARTS, pools.SLOTS, pools.DESCRIPTION)
    return running


def _pass(dag_pass: DagPass, progress: Progress, began: datetime) -> None:
    syncs = [f"sync_{name}" for name in registry.names()]
    with progress.step("DAGs loaded") as show:
        dag_runs.wait_until_loaded(dag_pass, [*syncs, TRANSFORM], began, show)
    # Paused until the syncs are done: it would build marts from partial data, and slow the syncs down.
    rest.set_paused(dag_pass.client, TRANSFORM, paused=True)
    with progress.step(", ".join(syncs)) as show:
        dag_runs.run_once(dag_pass, syncs, began, show)
    with progress.step(TRANSFORM) as show:
        dag_runs.run_once(dag_pass, [TRANSFORM], datetime.now(UTC), show)


def _check(context: DemoContext, key: world_day.Key) -> None:
    with connect_now(context.servers.database_url()) as connection:
        found = answer_check.differences(connection, key)
        if not found:
            return
        log = context.paths.sandbox / "answer_key.json"
        if zones := world_day.midnight_passed(connection, key, datetime.now(UTC)):
            raise DemoFailed(f"a new day began in {', '.join(zones)} during the demo: run it again")
    raise DemoFailed("stored numbers differ from the sandbox's answer key: " + "; ".join(found), log)


def _print(context: DemoContext, progress: Progress, began: datetime) -> None:
    with connect_now(context.servers.database_url()) as connection:
        summary.print_tables(progress.console, connection, began)
    summary.times(progress.console, progress.times)
    for line in shell_script.lines(context.paths, context.page, context.keys.password):
        progress.say(line)
