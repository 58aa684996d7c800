"""Services of docker-compose.yaml as processes of this machine: their addresses and folders become local ones."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from adsync_demo.airflow_home import environment
from adsync_demo.airflow_home.environment import Variables
from adsync_demo.compose_dryrun.compose_file import Service, moved, said
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.services import processes
from adsync_demo.services.files import HOST

ADDRESS = re.compile(r"\b(?:postgres|redis|api-server|sandbox|localhost|127\.0\.0\.1):(\d+)")
# In a container's own network; here it would be the world.
EVERYWHERE = "0.0.0.0"  # noqa: S104
ONCE_TIMEOUT = 300.0
CHECK_TIMEOUT = 60.0


@dataclass(frozen=True)
class Machine:
    """Where the containers' ports and folders are here."""

    place: DemoPaths
    ports: Mapping[str, int]

    def instance(self, service: Service, number: int) -> Instance:
        """One of a service's replicas: like a container it has a name and an Airflow home of its own."""
        name = f"{service.name}-{number}" if service.replicas > 1 else service.name
        here = moved(service, lambda text: self._here(text, name))
        variables = environment.base(self.place) | here.environment | {"HOSTNAME": name}
        return Instance(name, here, variables, self.place)

    def _here(self, text: str, instance: str) -> str:
        for folder, local in self._folders(instance).items():
            text = text.replace(folder, local)
        text = ADDRESS.sub(lambda found: f"{HOST}:{self.ports.get(found[1], found[1])}", text.replace(EVERYWHERE, HOST))
        return re.sub(r"(?<![\d:])\d{4}\b", lambda found: str(self.ports.get(found[0], found[0])), text)

    def _folders(self, instance: str) -> Mapping[str, str]:
        state = self.place.state
        return {
            "/srv/adsync": str(self.place.root),
            "/srv/airflow": str(state / "homes" / instance),
            "/srv/logs": str(self.place.airflow / "logs"),
            "/srv/sandbox": str(self.place.sandbox),
            "/srv/state": str(state / "work" / instance),
        }


@dataclass(frozen=True)
class Instance:
    """One process to be, with all that it needs."""

    name: str
    service: Service
    variables: Variables
    place: DemoPaths

    def run_once(self) -> None:
        """Run a service that ends; DemoFailed when it does not end well."""
        log = processes.log_file(self.place.state, self.name)
        with log.open("wb") as output:
            more = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT} | self._surroundings()
            try:
                subprocess.run(self.service.command, check=True, timeout=ONCE_TIMEOUT, **more)
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                raise DemoFailed(f"`{said(self.service.command)}` failed", log) from error

    def start(self) -> processes.Record:
        """Start a service that stays."""
        return processes.spawn(self.name, self.service.command, self.place.state, **self._surroundings())

    def is_well(self) -> bool:
        """What its own health check says, run as the engine would run it."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            done = subprocess.run(
                self.service.check, check=False, timeout=CHECK_TIMEOUT, **self._surroundings(), **streams
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def _surroundings(self) -> dict[str, object]:
        return {"cwd": self.place.root, "env": self.variables}
