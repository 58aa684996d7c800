"""Compares a sync of Meta rows into `raw` with a hand-written loop, both against a local server.

`python benchmarks/extract_load.py` loads 100,200 rows of 2 kB with adsync and with the loop of by_hand.py in turn, each
in its own process and its own new database, and prints wall time, CPU time and memory with their ratios. Then it loads
ten times the rows with adsync, for memory. `--scale 0.02 --rounds 1` is a small size that shows only that it runs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

import by_hand
from adsync import registry
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.models import Credentials
from adsync.ranges import DateRange
from adsync.warehouse import migrations
from adsync_demo.services import servers

ACCOUNTS = tuple(str(number) for number in range(1, 11))
CAMPAIGNS, DAYS, TENFOLD = 334, 30, 10
FIRST = date(2026, 1, 1)
ROUNDS = 3
HERE = Path(__file__).parent

Cost = dict[str, float]


@dataclass(frozen=True)
class Bench:
    """Two servers, and how many campaigns each account of the local Meta API has."""

    running: servers.Servers
    meta_port: int
    campaigns: int

    def measure(self, kind: str, days: int) -> Cost:
        """Returns the cost of loading `days` days in a process and a database of its own."""
        name = f"bench_{kind}_{time.monotonic_ns()}"
        with psycopg.connect(self.running.database_url("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name} template adsync")
        url = self.running.database_url(name)
        _insert_accounts(url)
        cost = _run_child(kind, url, self.meta_port, days)
        self._check(kind, url, days)
        with psycopg.connect(self.running.database_url("postgres"), autocommit=True) as connection:
            connection.execute(f"drop database {name}")
        return cost

    def _check(self, kind: str, url: str, days: int) -> None:
        with psycopg.connect(url) as connection:
            rows = connection.execute("select count(*) from raw.meta_campaign_metrics").fetchone()
            observations = connection.execute("select count(*) from raw.observations").fetchone()
        assert rows == observations == (self.rows(days),), (kind, rows, observations)

    def rows(self, days: int) -> int:
        return len(ACCOUNTS) * self.campaigns * days


def main(arguments: list[str]) -> None:
    options = _parser().parse_args(arguments)
    campaigns = max(1, round(CAMPAIGNS * options.scale))
    with tempfile.TemporaryDirectory() as state, _local_meta(campaigns) as port:
        bench = Bench(servers.start(Path(state)), port, campaigns)
        try:
            migrations.migrate(bench.running.database_url(), registry.streams())
            runs = [(bench.measure("ours", DAYS), bench.measure("hand", DAYS)) for _ in range(options.rounds)]
            tenfold = bench.measure("ours", DAYS * TENFOLD)
        finally:
            servers.stop(Path(state))
    Console().print(_table(bench, runs, tenfold))


def child(kind: str, url: str, port: int, days: int) -> None:
    """Loads once and prints the cost as JSON."""
    base_url = f"http://127.0.0.1:{port}/v26.0"
    began = time.perf_counter()
    if kind == "ours":
        asyncio.run(_sync(url, port, days))
    else:
        asyncio.run(by_hand.load(url, base_url, ACCOUNTS, FIRST, days))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}
    sys.stdout.write(json.dumps(cost))


async def _sync(url: str, port: int, days: int) -> None:
    credentials = Credentials("meta_bench", host=f"http://127.0.0.1:{port}", password="none")
    window = DateRange(FIRST, FIRST + timedelta(days=days))
    request = SyncRequest("meta", ACCOUNTS, "bench", days=window)
    environment = SyncEnvironment(url, lambda _: credentials, lambda: datetime.now(UTC))
    result = await sync_accounts(request, environment)
    result.raise_for_failures()


def _run_child(kind: str, url: str, port: int, days: int) -> Cost:
    """The child's standard error goes to the terminal: its error is the reason why the benchmark stops."""
    command = [sys.executable, __file__, "child", kind, url, str(port), str(days)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"extract_load: the process that measures '{kind}' failed with exit code {done.returncode}, see above")
    return json.loads(done.stdout)


def _insert_accounts(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('b', 'B', 'SAR', 'UTC')"
        )
        connection.execute(
            "insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)"
            " select 'meta', unnest(%s::text[]), 'b', 'ad_account', 'meta_bench'",
            (list(ACCOUNTS),),
        )


@contextmanager
def _local_meta(campaigns: int) -> Iterator[int]:
    command = [sys.executable, str(HERE / "local_meta.py"), str(campaigns)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size, default 1")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"interleaved runs, default {ROUNDS}")
    return parser


def _table(bench: Bench, runs: list[tuple[Cost, Cost]], tenfold: Cost) -> Table:
    table = Table(title=f"{bench.rows(DAYS):,} Meta rows into raw, {len(runs)} interleaved runs, medians")
    for heading in ("", "adsync", "by hand", "ratio"):
        table.add_column(heading, justify="right")
    for key, label in (("wall", "wall s"), ("cpu", "client CPU s"), ("mb", "peak MB")):
        ours, hand = (statistics.median(run[side][key] for run in runs) for side in (0, 1))
        ratio = statistics.median(run[0][key] / run[1][key] for run in runs)
        table.add_row(label, f"{ours:.2f}", f"{hand:.2f}", f"{ratio:.2f}")
    table.add_row(f"peak MB, {bench.rows(DAYS * TENFOLD):,} rows", f"{tenfold['mb']:.2f}", "", "")
    return table


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["child", kind, url, port, days]:
            child(kind, url, int(port), int(days))
        case arguments:
            main(arguments)
