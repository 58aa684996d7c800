"""Services of docker-compose.yaml as local processes: container addresses and folders are replaced by local ones."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from adsync_demo.airflow_runtime import environment
from adsync_demo.airflow_runtime.environment import Variables
from adsync_demo.compose_dryrun.compose_file import Service, one_line, with_texts
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.services import processes
from adsync_demo.services.files import HOST

ADDRESS = re.compile(r"\b(?:postgres|redis|api-server|sandbox|localhost|127\.0\.0\.1):(\d+)")
# Safe in a container's own network only.
EVERYWHERE = "0.0.0.0"  # noqa: S104
ONCE_TIMEOUT = 300.0
CHECK_TIMEOUT = 60.0


@dataclass(frozen=True)
class Machine:
    """The local ports and folders of the containers."""

    paths: DemoPaths
    ports: Mapping[str, int]

    def instance(self, service: Service, number: int) -> Instance:
        """Returns one replica of a service, with its own name and Airflow home, like a container."""
        name = f"{service.name}-{number}" if service.replicas > 1 else service.name
        here = with_texts(service, lambda text: self._here(text, name))
        variables = environment.base(self.paths) | here.environment | {"HOSTNAME": name}
        return Instance(name, here, variables, self.paths)

    def _here(self, text: str, instance: str) -> str:
        for folder, local in self._folders(instance).items():
            text = text.replace(folder, local)
        text = ADDRESS.sub(lambda found: f"{HOST}:{self.ports.get(found[1], found[1])}", text.replace(EVERYWHERE, HOST))
        return re.sub(r"(?<![\d:])\d{4}\b", lambda found: str(self.ports.get(found[0], found[0])), text)

    def _folders(self, instance: str) -> Mapping[str, str]:
        state = self.paths.state
        return {
            "/srv/adsync": str(self.paths.root),
            "/srv/airflow": str(state / "homes" / instance),
            "/srv/logs": str(self.paths.airflow / "logs"),
            "/srv/sandbox": str(self.paths.sandbox),
            "/srv/state": str(state / "work" / instance),
        }


@dataclass(frozen=True)
class Instance:
    """One replica of a service, ready to be started."""

    name: str
    service: Service
    variables: Variables
    paths: DemoPaths

    def run_once(self) -> None:
        """Runs a service that exits; raises DemoFailed if it fails or exceeds ONCE_TIMEOUT."""
        log = processes.log_file(self.paths.state, self.name)
        with log.open("wb") as output:
            more = {
                "stdin": subprocess.DEVNULL,
                "stdout": output,
                "stderr": subprocess.STDOUT,
            } | self._process_options()
            try:
                subprocess.run(self.service.command, check=True, timeout=ONCE_TIMEOUT, **more)
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                raise DemoFailed(f"`{one_line(self.service.command)}` failed", log) from error

    def start(self) -> processes.Record:
        """Starts a long-running service."""
        return processes.spawn(self.name, self.service.command, self.paths.state, **self._process_options())

    def is_healthy(self) -> bool:
        """Runs its health check as the engine would."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            done = subprocess.run(
                self.service.health_check, check=False, timeout=CHECK_TIMEOUT, **self._process_options(), **streams
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def _process_options(self) -> dict[str, object]:
        return {"cwd": self.paths.root, "env": self.variables}
