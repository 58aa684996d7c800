"""An embedded PostgreSQL and a Redis server in one state folder, each started unless it runs already."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from adsync_demo.services import postgres, redis_server
from adsync_demo.services.files import HOST, locked, make_state, write_private

DATABASES = ("adsync", "airflow")


@dataclass(frozen=True)
class Servers:
    """The addresses of the two servers."""

    postgres_port: int
    postgres_password: str
    redis_port: int

    def database_url(self, name: str = "adsync") -> str:
        """Returns a libpq URL of one database, e.g. `postgresql://adsync:...@127.0.0.1:5433/adsync`."""
        return postgres.url(self.postgres_port, self.postgres_password, name)

    @property
    def redis_url(self) -> str:
        return f"redis://{HOST}:{self.redis_port}/0"

    def variables(self) -> dict[str, str]:
        """Returns the environment variables of a shell, libpq and dbt."""
        libpq = {"PGHOST": HOST, "PGPORT": str(self.postgres_port), "PGUSER": postgres.USER}
        libpq |= {"PGPASSWORD": self.postgres_password, "PGDATABASE": DATABASES[0]}
        return {"ADSYNC_WAREHOUSE_URL": self.database_url(), "ADSYNC_REDIS_URL": self.redis_url} | libpq


def start(state: Path, *, durable: bool = True) -> Servers:
    """Starts both servers below `state` unless they run already.

    `durable=False` turns fsync off, for tests.
    """
    state = make_state(state)
    with locked(state / "servers.lock", wait=True):
        password = _password(state)
        port = postgres.start(state / "postgres", password, durable=durable)
        postgres.create_databases(port, password, DATABASES)
        return Servers(port, password, redis_server.start(state / "redis"))


def find(state: Path) -> Servers | None:
    """Returns the servers of this state folder if both run."""
    if not _password_file(state).exists():
        return None
    password = _password(state)
    postgres_port = postgres.running(state / "postgres", password)
    redis_port = redis_server.running(state / "redis")
    return Servers(postgres_port, password, redis_port) if postgres_port and redis_port else None


def stop(state: Path) -> None:
    """Stops the servers that `start` started here, if they run."""
    postgres.stop(state.resolve() / "postgres")
    redis_server.stop(state.resolve() / "redis")


def _password(state: Path) -> str:
    record = _password_file(state)
    if not record.exists():
        write_private(record, secrets.token_urlsafe(24))
    return record.read_text()


def _password_file(state: Path) -> Path:
    return state / "postgres.password"
