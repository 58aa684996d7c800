"""Airflow's database, its four processes, and their health."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx

from adsync_demo.airflow_runtime import rest
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Detail
from adsync_demo.services import processes
from adsync_demo.services.waiting import until

HEALTHY_TIMEOUT = 180.0
MIGRATE_TIMEOUT = 180.0
# Task logs are read from the shared folder; the servers for task logs would listen on every interface.
COMPONENTS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}


def migrate(paths: DemoPaths, environment: Mapping[str, str]) -> None:
    """Migrates the metadata database; a database that hangs fails the step."""
    log = processes.log_file(paths.state, "db-migrate")
    command = [paths.python, "-m", "airflow", "db", "migrate"]
    with log.open("wb") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        try:
            subprocess.run(command, check=True, timeout=MIGRATE_TIMEOUT, cwd=paths.root, env=environment, **streams)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise DemoFailed("Airflow's database could not be migrated", log) from error


def start(paths: DemoPaths, environment: Mapping[str, str]) -> list[processes.Record]:
    return [
        processes.spawn(name, [paths.python, "-m", "airflow", *words], paths.state, cwd=paths.root, env=environment)
        for name, words in COMPONENTS.items()
    ]


def wait_until_healthy(client: httpx.Client, running: list[processes.Record], show: Detail) -> None:
    log = Path(running[0].log)
    until(lambda: ", ".join(rest.unhealthy(client)), seconds=HEALTHY_TIMEOUT, watched=running, log=log, show=show)
