"""How near the product is to the limit: 100,200 Meta rows of 2 kB from a local server into `raw`.

`python benchmarks/extract_load.py` runs ours and the loop of by_hand.py in turn, each in its own process and on its
own fresh database, and prints wall time, CPU time and memory with their ratios. Then ten times the rows, for memory.
"""

from __future__ import annotations

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

ACCOUNTS = [str(number) for number in range(1, 11)]
CAMPAIGNS, DAYS = 334, 30
FIRST = date(2026, 1, 1)
ROUNDS = 3
HERE = Path(__file__).parent


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory() as state, _meta() as port:
        running = servers.start(Path(state))
        try:
            migrations.migrate(running.database_url(), registry.streams())
            runs = [
                (_measure(running, "ours", port, DAYS), _measure(running, "hand", port, DAYS)) for _ in range(ROUNDS)
            ]
            tenfold = _measure(running, "ours", port, DAYS * 10)
        finally:
            servers.stop(Path(state))
    console.print(_table(runs, tenfold))


def child(kind: str, url: str, port: int, days: int) -> None:
    """Do the work once and print what it cost."""
    base_url = f"http://127.0.0.1:{port}/v26.0"
    began = time.perf_counter()
    if kind == "ours":
        asyncio.run(_ours(url, port, days))
    else:
        asyncio.run(by_hand.load(url, base_url, ACCOUNTS, FIRST, days))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}
    sys.stdout.write(json.dumps(cost))


async def _ours(url: str, port: int, days: int) -> None:
    token = Credentials("meta_bench", host=f"http://127.0.0.1:{port}", password="none")
    window = DateRange(FIRST, FIRST + timedelta(days=days))
    request = SyncRequest("meta", tuple(ACCOUNTS), "bench", window=window)
    outcomes = await sync_accounts(request, SyncEnvironment(url, lambda _: token, lambda: datetime.now(UTC)))
    outcomes.raise_for_failures()


def _measure(running: servers.Servers, kind: str, port: int, days: int) -> dict[str, float]:
    name = f"bench_{kind}_{time.monotonic_ns()}"
    with psycopg.connect(running.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template adsync")
    _link_accounts(running.database_url(name))
    command = [sys.executable, __file__, kind, running.database_url(name), str(port), str(days)]
    cost = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with psycopg.connect(running.database_url(name)) as connection:
        rows = connection.execute("select count(*) from raw.meta_campaign_metrics").fetchone()
        ledger = connection.execute("select count(*) from raw.observations").fetchone()
    assert rows == ledger == (len(ACCOUNTS) * CAMPAIGNS * days,), (kind, rows, ledger)
    with psycopg.connect(running.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name}")
    return cost


def _link_accounts(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('b', 'B', 'SAR', 'UTC')"
        )
        connection.execute(
            "insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)"
            " select 'meta', unnest(%s::text[]), 'b', 'ad_account', 'meta_bench'",
            (ACCOUNTS,),
        )


@contextmanager
def _meta() -> Iterator[int]:
    command = [sys.executable, str(HERE / "local_meta.py"), str(CAMPAIGNS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _table(runs: list[tuple[dict[str, float], dict[str, float]]], tenfold: dict[str, float]) -> Table:
    rows = len(ACCOUNTS) * CAMPAIGNS * DAYS
    table = Table(title=f"{rows:,} Meta rows into raw, {ROUNDS} interleaved runs, medians")
    for heading in ("", "ours", "by hand", "ratio"):
        table.add_column(heading, justify="right")
    for key, label in (("wall", "wall s"), ("cpu", "client CPU s"), ("mb", "peak MB")):
        ours, hand = (statistics.median(run[side][key] for run in runs) for side in (0, 1))
        ratio = statistics.median(run[0][key] / run[1][key] for run in runs)
        table.add_row(label, f"{ours:.2f}", f"{hand:.2f}", f"{ratio:.2f}")
    table.add_row(f"peak MB, {rows * 10:,} rows", f"{tenfold['mb']:.2f}", "", "")
    return table


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case [kind, url, port, days]:
            child(kind, url, int(port), int(days))
