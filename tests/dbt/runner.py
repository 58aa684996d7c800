"""dbt as its own process against one test database; every start costs seconds, so tests share the builds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
NOW = "2026-11-22T09:00:00+00:00"
LIBPQ = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def dbt(url: str, scratch: Path, *words: str, now: str = NOW, script: str | None = None) -> str:
    """Run one dbt command with "now" fixed, no overlap and warnings as errors; what it prints.

    `script` runs instead of the command, with the same folders as its arguments.
    """
    settings = ["--vars", f"{{as_of: '{now}', adsync_overlap: 0 seconds}}"]
    folders = ["--profiles-dir", PROJECT, "--target-path", scratch, "--log-path", scratch]
    if script:
        command = [sys.executable, "-c", script, PROJECT, *folders]
    else:
        command = [
            sys.executable,
            "-m",
            "dbt.cli.main",
            "--warn-error",
            *words,
            "--project-dir",
            PROJECT,
            *folders,
            *settings,
        ]
    done = subprocess.run(command, env=_environment(url), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(url: str, query: str) -> list[dict[str, object]]:
    with psycopg.connect(url, row_factory=dict_row) as db:
        return db.execute(query).fetchall()


def tables(url: str, schemas: tuple[str, ...] = ("intermediate", "marts")) -> dict[str, list[str]]:
    """Every relation of the schemas as sorted rows of text."""
    names = (
        "select table_schema || '.' || table_name as name from information_schema.tables where table_schema = any(%s)"
    )
    with psycopg.connect(url) as db:
        found = [name for (name,) in db.execute(names, (list(schemas),))]
        return {name: _content(db, name) for name in sorted(found)}


def _content(db: psycopg.Connection, name: str) -> list[str]:
    return [row for (row,) in db.execute(f"select cast(to_jsonb(t) as text) as content from {name} as t order by 1")]


def _environment(url: str) -> dict[str, str]:
    place = {LIBPQ[key]: str(value) for key, value in conninfo_to_dict(url).items() if key in LIBPQ}
    return {**os.environ, **place}
