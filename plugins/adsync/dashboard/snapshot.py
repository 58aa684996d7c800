"""What a dashboard shows of each workspace: four periods, and what a reader must know about them."""

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
    """By workspace: every period's figures, None where undefined, and `meta`."""
    with connect_now(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERY, (list(PERIODS),)).fetchall()
    return {
        workspace: _snapshot(list(periods)) for workspace, periods in groupby(rows, lambda row: row["workspace_id"])
    }


def _snapshot(rows: list[Row]) -> dict[str, Row]:
    periods = {row["period"]: {name: row[name] for name in FIGURES} for row in rows}
    # The longest period comes last and knows most: it is complete only when the others are.
    return periods | {"meta": {name: rows[-1][name] for name in META}}
