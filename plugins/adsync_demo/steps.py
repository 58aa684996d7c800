"""The demo's story, step by step: servers, sandbox, Airflow, one pass, the check, the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from adsync import registry
from adsync.airflow_support import pools
from adsync.warehouse.connection import connect_now
from adsync_demo import answer_check, figures, shell_script, summary, world_day
from adsync_demo.airflow_home import airflow_processes, dag_runs, environment, rest
from adsync_demo.airflow_home.dag_runs import Pass
from adsync_demo.airflow_home.environment import Variables
from adsync_demo.airflow_home.keys import Keys, keys
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Progress
from adsync_demo.services import demo_warehouse, processes, sandbox_process, servers
from adsync_demo.services.files import HOST, free_port
from adsync_demo.services.servers import Servers

TRANSFORM = "transform"


@dataclass(frozen=True)
class Scene:
    """What is known once the servers run and the ports are chosen."""

    place: DemoPaths
    servers: Servers
    keys: Keys
    page: str
    variables: Variables


def show(place: DemoPaths, progress: Progress, port: int) -> list[processes.Record]:
    """Do all of it, and return the processes that are left running."""
    began = datetime.now(UTC)
    scene = _scene(place, progress, free_port(port))
    with progress.step("Sandbox of the platforms") as tell:
        sandbox = sandbox_process.start(place, scene.variables, tell)
    key = sandbox_process.answer_key(place)
    if demo_warehouse.prepare(place, scene.servers, world_day.of(key)):
        progress.say("The sandbox's world has moved to another day: the demo's warehouse starts empty.")
    scene.variables.update(environment.platforms(sandbox_process.connections(place)))
    shell_script.write_script(place, scene.variables)
    with rest.open_client(scene.page) as client:
        running = [sandbox, *_start_airflow(scene, progress, client)]
        _pass(Pass(client, place, running), progress, began)
    with progress.step("Every number against the sandbox's answer key"):
        _check(scene, key)
    _print(scene, progress, began)
    return running


def _scene(place: DemoPaths, progress: Progress, port: int) -> Scene:
    with progress.step("PostgreSQL and Redis"):
        running = servers.start(place.state)
    secrets = keys(place.state)
    environment.write_login(place, secrets)
    variables = environment.airflow(place, running, secrets, port)
    return Scene(place, running, secrets, f"http://{HOST}:{port}", variables)


def _start_airflow(scene: Scene, progress: Progress, client: httpx.Client) -> list[processes.Record]:
    with progress.step("Airflow's database"):
        airflow_processes.migrate(scene.place, scene.variables)
    with progress.step("Airflow: scheduler, API server, DAG processor, triggerer") as tell:
        running = airflow_processes.start(scene.place, scene.variables)
        airflow_processes.wait_until_healthy(client, running, tell)
        rest.log_in(client, environment.USER, scene.keys.password)
        rest.make_pool(client, pools.MARTS, pools.SLOTS, pools.DESCRIPTION)
    return running


def _pass(going: Pass, progress: Progress, began: datetime) -> None:
    syncs = [f"sync_{name}" for name in registry.names()]
    with progress.step("DAGs loaded") as tell:
        dag_runs.wait_until_loaded(going, [*syncs, TRANSFORM], began, tell)
    # Asleep until all is there: it would build marts from the first rows, and slow the syncs down.
    rest.set_paused(going.client, TRANSFORM, paused=True)
    with progress.step(", ".join(syncs)) as tell:
        dag_runs.run_once(going, syncs, began, tell)
    with progress.step(TRANSFORM) as tell:
        dag_runs.run_once(going, [TRANSFORM], datetime.now(UTC), tell)


def _check(scene: Scene, key: world_day.Key) -> None:
    with connect_now(scene.servers.database_url()) as connection:
        found = answer_check.differences(connection, key)
        if not found:
            return
        log = scene.place.sandbox / "answer_key.json"
        if zones := world_day.midnight_passed(connection, key, datetime.now(UTC)):
            raise DemoFailed(f"a new day began in {', '.join(zones)} while the demo ran: run it again")
    raise DemoFailed("stored numbers differ from the sandbox's answer key: " + "; ".join(found), log)


def _print(scene: Scene, progress: Progress, began: datetime) -> None:
    out = progress.console
    with connect_now(scene.servers.database_url()) as connection:
        summary.roas(out, figures.read(connection, figures.ROAS))
        summary.alerts(out, figures.read(connection, figures.ALERTS))
        summary.health(out, figures.read(connection, figures.HEALTH))
        summary.sources(out, figures.read(connection, figures.SOURCES, began))
    summary.times(out, progress.times)
    for line in shell_script.lines(scene.place, scene.page, scene.keys.password):
        progress.say(line)
