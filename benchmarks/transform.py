"""What a run of `transform` costs: nothing changed, one percent changed, three times the history, a tireless visitor.

`python benchmarks/transform.py` fills a fresh warehouse by SQL (2,000 campaigns x 365 days, 1,000,000 orders with
3,000,000 visits; `--scale 0.1` makes it a tenth) and runs the product's own `dbt build` on it. All figures of a ratio
come from the same run; a goal that is missed is named, and makes the exit code 1.
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
THIRD = 1 / 3
PERCENT = 0.01
ONE_VISITOR = {"name": "tireless ", "visitors": 1, "orders": 5_000, "clicks": 20_000}
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
class Goal:
    """A figure in seconds or as a ratio, and what it must not exceed."""

    label: str
    figure: float
    limit: float
    detail: str

    @property
    def met(self) -> bool:
        return self.figure <= self.limit


@dataclass
class Timing:
    """How long the block took, once it is over."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Bench:
    """One warehouse and the dbt project that is run on it."""

    url: str
    project: dbt_runner.Project
    world: World
    console: Console

    def build(self, what: str) -> float:
        """Seconds of wall time of what the DAG does."""
        return self._build(what, BuildRequest())

    def full_refresh(self) -> float:
        """Seconds of a build of everything from raw."""
        return self._build("full refresh", BuildRequest(full_refresh=True))

    def _build(self, what: str, request: BuildRequest) -> float:
        with self._timed(what) as timing:
            snapshot = take_snapshot(self.url, self.project.folder)
            dbt_runner.build(self.url, self.project, snapshot, request, run_id=what)
        return timing.seconds

    def start(self) -> float:
        """Seconds of the same command with nothing to build."""
        return self._command("start", "--select", "tag:no_such_tag")

    def _command(self, what: str, *words: str) -> float:
        environment = {**os.environ, **dbt_runner.environment(self.url)}
        with self._timed(what) as timing:
            subprocess.run(self.project.command(*words), check=True, env=environment, stdout=subprocess.DEVNULL)
        return timing.seconds

    @contextmanager
    def _timed(self, what: str) -> Iterator[Timing]:
        timing, began = Timing(), time.perf_counter()
        yield timing
        timing.seconds = time.perf_counter() - began
        self.console.print(f"{what}: {timing.seconds:.1f} s")

    def change(self, end: date) -> None:
        """One percent of the world's campaign days and orders, the newest before `end`."""
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
            goals = measure(_bench(running, world, Path(state), console), growth=arguments.growth)
        finally:
            servers.stop(Path(state))
    console.print(_table(world, goals))
    sys.exit(not all(goal.met for goal in goals))


def measure(bench: Bench, *, growth: bool) -> list[Goal]:
    """Fill the world and set an idle hour, an hour of change and a tireless visitor against a full refresh.

    With `growth` a third of the world is filled first, and as much changed in it as later in the whole.
    """
    with psycopg.connect(bench.url) as db:
        bench.world.start(db)
    short = _fill_a_third(bench) if growth else None
    with psycopg.connect(bench.url) as db:
        bench.world.history(db, THIRD if growth else 0, 1)
    full = bench.full_refresh()
    pairs = [(bench.start(), bench.build("nothing changed")) for _ in range(ROUNDS)]
    start, idle = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    changed = _changed(bench, TODAY)
    with psycopg.connect(bench.url) as db:
        bench.world.crowd(db, **ONE_VISITOR)
    crowded = bench.full_refresh()
    goals = [
        Goal("nothing changed, beyond start", idle - start, 1, f"{idle:.1f} s - {start:.1f} s"),
        Goal("1 % changed : full refresh", changed / full, 0.1, f"{changed:.1f} s : {full:.1f} s"),
        Goal("full refresh, with one visitor : without", crowded / full, 1.5, f"{crowded:.1f} s : {full:.1f} s"),
    ]
    if short:
        goals += [Goal("same change, 3x history : 1x", changed / short, 1.25, f"{changed:.1f} s : {short:.1f} s")]
    return goals


def _fill_a_third(bench: Bench) -> float:
    """Seconds of an hour of change when there is only a third of the history."""
    with psycopg.connect(bench.url) as db:
        bench.world.history(db, 0, THIRD)
    bench.build("first build, a third of the history")
    return _changed(bench, bench.world.first + timedelta(days=round(bench.world.days * THIRD)))


def _changed(bench: Bench, end: date) -> float:
    """The median of several hours, each with its own change."""
    seconds = []
    for _ in range(ROUNDS):
        bench.change(end)
        seconds.append(bench.build("1 % changed"))
    return statistics.median(seconds)


def _bench(running: servers.Servers, world: World, state: Path, console: Console) -> Bench:
    url = running.database_url()
    migrations.migrate(url, registry.streams())
    return Bench(url, dbt_runner.Project(registry.DBT_PROJECT, state / "dbt"), world, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size, default 1")
    parser.add_argument(
        "--growth", action="store_true", help="also what the same change costs in a third of the history"
    )
    return parser.parse_args()


def _table(world: World, goals: list[Goal]) -> Table:
    sizes = f"{world.workspaces * 20:,} campaigns x {world.days} days, {world.orders:,} orders"
    table = Table(title=f"dbt build: {sizes}, {world.orders * 3:,} visits")
    for heading in ("", "measured", "goal", "", "from"):
        table.add_column(heading, justify="right")
    for goal in goals:
        verdict = "met" if goal.met else "MISSED"
        table.add_row(goal.label, f"{goal.figure:.2f}", f"<= {goal.limit:g}", verdict, goal.detail)
    return table


if __name__ == "__main__":
    main()
