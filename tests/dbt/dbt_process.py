"""dbt as its own process against one test database; every run costs seconds, so tests share the builds."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from adsync_demo.services.servers import Servers

# Forked from a process that has loaded dbt: loading takes longer than most commands.
LOADED = multiprocessing.get_context("forkserver")
LOADED.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.postgres.connections"])
PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
ONLY_DATA = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
# Nodes that new rows do not change exist after the first build.
ONLY_TABLES = (*ONLY_DATA, "--exclude-resource-type", "seed", "--exclude", "config.materialized:view")
PATIENCE = 600.0
NOW = "2026-11-22T09:00:00+00:00"
RELATIONS = """select table_schema, table_name from information_schema.tables
    where table_schema in ('intermediate', 'marts') order by 1, 2"""
LIBPQ = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def dbt(url: str, scratch: Path, *words: str, now: str = NOW) -> None:
    """Runs one dbt command with "now" fixed, no overlap, and warnings as errors."""
    settings = ["--vars", f"{{as_of: '{now}', adsync_overlap: 0 seconds}}"]
    command = ["--warn-error", *words, *folders(scratch), *settings]
    scratch.mkdir(parents=True, exist_ok=True)
    said = scratch / "said.txt"
    process = LOADED.Process(target=_invoke, args=(command, libpq(url), said))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == 0, said.read_text()


def _invoke(command: list[str], environment: dict[str, str], said: Path) -> None:
    """Runs dbt in its own process, with its output in a file."""
    # dbt is loaded there, so that other tests do not wait for it.
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    os.environ |= environment
    with said.open("w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    sys.exit(not dbtRunner().invoke(command).success)


@contextmanager
def copy_of(servers: Servers, template: str, name: str) -> Iterator[str]:
    """Yields the URL of a copy of a database."""
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as server:
        server.execute(f"create database {name} template {template} strategy file_copy")
        yield servers.database_url(name)
        server.execute(f"drop database {name} with (force)")


def folders(scratch: Path) -> list[str]:
    at = {"project-dir": PROJECT, "profiles-dir": PROJECT, "target-path": scratch, "log-path": scratch}
    places = [word for name, folder in at.items() for word in (f"--{name}", str(folder))]
    # Errors are in the output. The log file is not used and takes as long as the queries.
    return [*places, "--log-level-file", "none"]


def python(url: str, *words: str) -> str:
    """Returns the output of a Python program that finds the database in libpq's variables; it must succeed."""
    environment = {**os.environ, **libpq(url)}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def libpq(url: str) -> dict[str, str]:
    """Returns libpq's variables for `url`."""
    return {LIBPQ[key]: str(value) for key, value in conninfo_to_dict(url).items() if key in LIBPQ}


def rows(url: str, query: str, *values: object) -> list[dict[str, object]]:
    with psycopg.connect(url, row_factory=dict_row) as db:
        return db.execute(query, values).fetchall()


def tables(url: str) -> dict[str, list[str]]:
    """Returns every relation that dbt computes, as sorted rows of text."""
    with psycopg.connect(url) as db:
        names = db.execute(RELATIONS).fetchall()
        return {table: _content(db, Identifier(schema, table)) for schema, table in names}


def _content(db: psycopg.Connection, name: Identifier) -> list[str]:
    return [row for (row,) in db.execute(SQL("select cast(to_jsonb(t) as text) from {} as t order by 1").format(name))]
