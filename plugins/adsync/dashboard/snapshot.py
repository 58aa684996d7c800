"""Dashboard snapshots: the figures of four periods for each workspace, with metadata about them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from psycopg.rows import dict_row

from adsync.warehouse.connection import connect_now

FIGURES = ("total_spend", "total_revenue", "roas", "impressions", "clicks", "conversions", "ctr", "cpc")
PERIODS = ("today", "7_days", "30_days", "90_days")
META = ("as_of", "currency", "timezone", "complete", "provisional_from", "stale_accounts")
QUERY = "select * from marts.dashboard_metrics order by workspace_id, array_position(%s::text[], period)"

Row = dict[str, Any]


def snapshots(url: str) -> dict[str, dict[str, Row]]:
    """Returns the figures of every period and `meta` by workspace; undefined figures are None."""
    with connect_now(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERY, (list(PERIODS),)).fetchall()
    return {
        workspace: _snapshot(list(periods)) for workspace, periods in groupby(rows, lambda row: row["workspace_id"])
    }


def _snapshot(rows: list[Row]) -> dict[str, Row]:
    periods = {row["period"]: {name: row[name] for name in FIGURES} for row in rows}
    # The longest period comes last. It is complete only if the others are, so its metadata holds for all.
    return periods | {"meta": {name: rows[-1][name] for name in META}}
