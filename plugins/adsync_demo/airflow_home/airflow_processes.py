"""Airflow for real: its database, its four processes, and the moment all of them are well."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx

from adsync_demo.airflow_home import rest
from adsync_demo.airflow_home.environment import Variables
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Detail
from adsync_demo.services import processes
from adsync_demo.services.waiting import until

HEALTHY_TIMEOUT = 180.0
MIGRATE_TIMEOUT = 180.0
# Task logs are read from the folder all of them share; the servers that would hand them out listen everywhere.
COMPONENTS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}


def migrate(place: DemoPaths, environment: Variables) -> None:
    """Bring the metadata database up to date; a database that hangs is a failed step, not a wait for ever."""
    log = processes.log_file(place.state, "db-migrate")
    command = [place.python, "-m", "airflow", "db", "migrate"]
    with log.open("wb") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        try:
            subprocess.run(command, check=True, timeout=MIGRATE_TIMEOUT, cwd=place.root, env=environment, **streams)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise DemoFailed("Airflow's database could not be prepared", log) from error


def start(place: DemoPaths, environment: Variables) -> list[processes.Record]:
    return [
        processes.spawn(name, [place.python, "-m", "airflow", *words], place.state, cwd=place.root, env=environment)
        for name, words in COMPONENTS.items()
    ]


def wait_until_healthy(client: httpx.Client, running: list[processes.Record], tell: Detail) -> None:
    log = Path(running[0].log)
    until(lambda: ", ".join(rest.unhealthy(client)), seconds=HEALTHY_TIMEOUT, watched=running, log=log, tell=tell)
