"""Runs Airflow's API server as a process, with the demo's login and the warehouse of page_world."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from adsync_demo.airflow_runtime import airflow_processes, environment, rest
from adsync_demo.airflow_runtime.keys import keys
from adsync_demo.paths import DemoPaths
from adsync_demo.services import processes
from adsync_demo.services.files import HOST, free_port
from adsync_demo.services.servers import Servers
from adsync_demo.services.waiting import until

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 240


@dataclass(frozen=True)
class Airflow:
    """URL and login of the API server."""

    url: str
    user: str
    password: str

    @property
    def page(self) -> str:
        return f"{self.url}/adsync/"


@contextmanager
def running(servers: Servers, warehouse: str, state: Path) -> Iterator[Airflow]:
    place, secrets, port = DemoPaths(ROOT, state, os.environ), keys(state), free_port()
    environment.write_login(place, secrets)
    variables = environment.airflow(place, servers, secrets, port) | {"AIRFLOW_CONN_ADSYNC_WAREHOUSE": warehouse}
    airflow_processes.migrate(place, variables)
    command = [place.python, "-m", "airflow", "api-server"]
    server = processes.spawn("api-server", command, state, cwd=ROOT, env=variables)
    try:
        with rest.open_client(f"http://{HOST}:{port}") as client:
            until(lambda: _silent(client), seconds=SECONDS, watched=[server], log=Path(server.log), show=lambda _: None)
        yield Airflow(f"http://{HOST}:{port}", environment.USER, secrets.password)
    finally:
        processes.stop([server])


def _silent(client: httpx.Client) -> str:
    try:
        client.get("/api/v2/version").raise_for_status()
    except httpx.HTTPError as error:
        return str(error)
    return ""
