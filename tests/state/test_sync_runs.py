"""Attempts in `adsync.sync_runs`, and which accounts a run still has to sync."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adsync.state import sync_runs
from adsync.warehouse.connection import connect

IDS = ("a", "b", "c")


@pytest.fixture
def record(warehouse_url):
    """Records attempts, given as (account, outcome), in this order."""

    async def record(*attempts, run_id="run", platform="meta"):
        async with connect(warehouse_url) as connection:
            for account_id, outcome in attempts:
                row = dict.fromkeys(("window_from", "window_until", "error_class", "error_message"))
                row |= dict.fromkeys(("calls", "rows_seen", "rows_changed", "bytes", "duration_seconds"), 0)
                row |= {"run_id": run_id, "platform": platform, "account_id": account_id, "outcome": outcome}
                await sync_runs.record(connection, row | {"started_at": datetime.now(UTC)})

    return record


@pytest.mark.parametrize(
    ("attempts", "left"),
    [
        ([], IDS),
        ([("a", "ok"), ("b", "failed")], ("c",)),
        ([("a", "ok"), ("b", "retrying"), ("c", "waiting")], ("b", "c")),
        ([("a", "retrying"), ("a", "ok"), ("b", "waiting"), ("b", "ok"), ("c", "ok")], ()),
        ([("a", "ok"), ("b", "failed"), ("c", "ok")], ("b",)),
        ([("a", "failed"), ("b", "failed"), ("c", "failed")], IDS),
    ],
)
async def test_unfinished_accounts_come_first_and_failed_ones_when_none_is_left(warehouse_url, record, attempts, left):
    await record(*attempts)
    assert sync_runs.unfinished(warehouse_url, "meta", IDS, "run") == left


async def test_other_runs_and_platforms_do_not_count(warehouse_url, record):
    await record(("a", "ok"), run_id="another")
    await record(("a", "ok"), platform="tiktok")
    assert sync_runs.unfinished(warehouse_url, "meta", ("a",), "run") == ("a",)
