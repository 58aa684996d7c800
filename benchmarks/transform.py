"""Measures a run of `transform`: nothing changed, 1 % changed, three times the history, one visitor with many clicks.

`python benchmarks/transform.py` fills a new warehouse by SQL (2,000 campaigns x 365 days, 1,000,000 orders with
3,000,000 visits; `--scale 0.1` is a tenth) and runs what the DAG runs. All figures of a ratio come from one run. If a
limit is exceeded, the exit code is 1. `--scale 0.02 --rounds 1 --ignore-limits` is a small size that shows only that
it runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Literal
from rich.console import Console
from rich.table import Table

from adsync import registry
from adsync.transform import dbt_runner
from adsync.transform.selection import BuildRequest, take_snapshot
from adsync.warehouse import migrations
from adsync_demo.services import servers
from big_world import TODAY, World

ROUNDS = 3
FLOOR = Path(__file__).with_name("transform_floor.sql")
THIRD = 1 / 3
PERCENT = 0.01
ONE_VISITOR = {"name": "visitor ", "visitors": 1, "orders": 5_000, "clicks": 20_000}
ORDERS_AGAIN = SQL("""
    update raw.shopify_orders
    set loaded_at = clock_timestamp(), payload = jsonb_set(payload, '{{totalRefundedSet,shopMoney,amount}}',
        to_jsonb(cast(cast(payload #>> '{{totalRefundedSet,shopMoney,amount}}' as numeric) + 1 as text)))
    where cast(payload ->> 'createdAt' as timestamptz) >= {since}
        and cast(payload ->> 'createdAt' as timestamptz) < {until}""")
DAYS_AGAIN = """
    update raw.{table} set loaded_at = clock_timestamp(), payload = jsonb_set(payload, {path},
        to_jsonb(cast(cast(payload #>> {path} as integer) + 1 as text)))
    where metric_date >= {since} and metric_date < {until}"""
SOLD = {
    "meta": "{actions,1,value}",
    "tiktok": "{metrics,complete_payment}",
    "snapchat": "{stats,conversion_purchases}",
}


@dataclass(frozen=True)
class Measurement:
    """A figure in seconds or as a ratio, and its limit."""

    label: str
    figure: float
    limit: float
    detail: str

    @property
    def is_within_limit(self) -> bool:
        return self.figure <= self.limit


@dataclass
class Timing:
    """Wall time of a block, set when it ends."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Bench:
    """One warehouse, the dbt project that is run on it, and how often each step is repeated."""

    url: str
    project: dbt_runner.Project
    world: World
    console: Console
    rounds: int = ROUNDS

    def build(self, what: str) -> float:
        """Returns the seconds of what the DAG does."""
        return self._build(what, BuildRequest())

    def full_refresh(self) -> float:
        """Returns the seconds of a build of everything from raw."""
        return self._build("full refresh", BuildRequest(full_refresh=True))

    def _build(self, what: str, request: BuildRequest) -> float:
        with self._timed(what) as timing:
            snapshot = take_snapshot(self.url, self.project.folder)
            dbt_runner.build(self.url, self.project, snapshot, request, run_id=what)
        return timing.seconds

    def start(self) -> float:
        """Returns the seconds of dbt with nothing selected."""
        return self._command("start", "--select", "tag:no_such_tag")

    def _command(self, what: str, *words: str) -> float:
        environment = {**os.environ, **dbt_runner.environment(self.url)}
        with self._timed(what) as timing:
            subprocess.run(self.project.command(*words), check=True, env=environment, stdout=subprocess.DEVNULL)
        return timing.seconds

    def floor(self) -> float:
        """Returns the seconds of transform_floor.sql, on one connection."""
        with psycopg.connect(self.url, autocommit=True) as db:
            with self._timed("floor, plain SQL") as timing:
                db.execute(FLOOR.read_text())
            db.execute("drop schema floor cascade")
        return timing.seconds

    @contextmanager
    def _timed(self, what: str) -> Iterator[Timing]:
        timing, began = Timing(), time.perf_counter()
        yield timing
        timing.seconds = time.perf_counter() - began
        self.console.print(f"{what}: {timing.seconds:.1f} s")

    def change(self, end: date) -> None:
        """Changes 1 % of the campaign days and orders, the newest before `end`."""
        begin = end - timedelta(days=round(self.world.days * PERCENT))
        span = {"since": Literal(begin), "until": Literal(end)}
        with psycopg.connect(self.url) as db:
            db.execute(ORDERS_AGAIN.format(**span))
            for platform, path in SOLD.items():
                table = SQL(f"{platform}_campaign_metrics")
                db.execute(SQL(DAYS_AGAIN).format(table=table, path=Literal(path), **span))


def main() -> None:
    console = Console()
    arguments = _arguments()
    scale = arguments.scale
    world = World(max(1, round(100 * scale)), 365, round(1_000_000 * scale))
    with tempfile.TemporaryDirectory() as state:
        running = servers.start(Path(state))
        try:
            bench = _bench(running, world, Path(state), console, arguments.rounds)
            measured = measure(bench, growth=arguments.growth)
        finally:
            servers.stop(Path(state))
    console.print(_table(world, measured))
    sys.exit(not arguments.ignore_limits and not all(each.is_within_limit for each in measured))


def measure(bench: Bench, *, growth: bool) -> list[Measurement]:
    """Compares an idle hour, an hour with changes and one visitor with many clicks with a full refresh.

    With `growth`, a third of the history is filled first, and the same number of rows is changed in it.
    """
    with psycopg.connect(bench.url) as db:
        bench.world.start(db)
    short = _fill_a_third(bench) if growth else None
    with psycopg.connect(bench.url) as db:
        bench.world.history(db, THIRD if growth else 0, 1)
    floor = bench.floor()
    full = bench.full_refresh()
    pairs = [(bench.start(), bench.build("nothing changed")) for _ in range(bench.rounds)]
    start, idle = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    changed = _changed(bench, TODAY)
    with psycopg.connect(bench.url) as db:
        bench.world.crowd(db, **ONE_VISITOR)
    crowded = bench.full_refresh()
    measured = [
        Measurement("nothing changed, beyond start", idle - start, 1, f"{idle:.1f} s - {start:.1f} s"),
        Measurement("full refresh : floor", full / floor, 6, f"{full:.1f} s : {floor:.1f} s"),
        Measurement("1 % changed : full refresh", changed / full, 0.1, f"{changed:.1f} s : {full:.1f} s"),
        Measurement("full refresh, with one visitor : without", crowded / full, 1.5, f"{crowded:.1f} s : {full:.1f} s"),
    ]
    if short:
        measured += [
            Measurement("same change, 3x history : 1x", changed / short, 1.25, f"{changed:.1f} s : {short:.1f} s")
        ]
    return measured


def _fill_a_third(bench: Bench) -> float:
    """Returns the seconds of an hour with changes while only a third of the history is loaded."""
    with psycopg.connect(bench.url) as db:
        bench.world.history(db, 0, THIRD)
    bench.build("first build, a third of the history")
    return _changed(bench, bench.world.first + timedelta(days=round(bench.world.days * THIRD)))


def _changed(bench: Bench, end: date) -> float:
    """Returns the median of several hours, each with its own changes."""
    seconds = []
    for _ in range(bench.rounds):
        bench.change(end)
        seconds.append(bench.build("1 % changed"))
    return statistics.median(seconds)


def _bench(running: servers.Servers, world: World, state: Path, console: Console, rounds: int) -> Bench:
    url = running.database_url()
    migrations.migrate(url, registry.streams())
    return Bench(url, dbt_runner.Project(registry.DBT_PROJECT, state / "dbt"), world, console, rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size, default 1")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"repetitions of each step, default {ROUNDS}")
    parser.add_argument("--growth", action="store_true", help="also measures the same change in a third of the history")
    parser.add_argument("--ignore-limits", action="store_true", help="exit code 0 even if a limit is exceeded")
    return parser.parse_args()


def _table(world: World, measured: list[Measurement]) -> Table:
    sizes = f"{world.workspaces * 20:,} campaigns x {world.days} days, {world.orders:,} orders"
    table = Table(title=f"dbt build: {sizes}, {world.orders * 3:,} visits")
    for heading in ("", "measured", "limit", "", "from"):
        table.add_column(heading, justify="right")
    for each in measured:
        verdict = "ok" if each.is_within_limit else "EXCEEDED"
        table.add_row(each.label, f"{each.figure:.2f}", f"<= {each.limit:g}", verdict, each.detail)
    return table


if __name__ == "__main__":
    main()
