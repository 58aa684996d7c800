"""Compares the stored numbers with the sandbox's answer key, to the cent.

Rows are compared by key in both directions: a missing row and an unexpected row are both differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

CENT = Decimal("0.01")
SHOWN = 3

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One list of the answer key: the key of a row, the values that must be equal, and the query of the stored rows."""

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    query: str


CAMPAIGN_DAY = ("workspace_id", "platform", "account_id", "campaign_id", "date")
PARTS = (
    Part(
        "campaign_days",
        CAMPAIGN_DAY,
        ("impressions", "clicks", "spend", "conversions", "revenue", "currency"),
        "select * from marts.campaign_metrics",
    ),
    Part(
        "attribution",
        ("workspace_id", "platform", "campaign_id"),
        ("attributed_orders", "attributed_revenue"),
        """
        select
            workspace_id,
            platform,
            campaign_id,
            count(*) as attributed_orders,
            sum(conversion_value) as attributed_revenue
        from marts.attribution_events
        group by workspace_id, platform, campaign_id
        """,
    ),
    Part(
        "workspace_roas",
        ("workspace_id", "date", "platform"),
        (
            *("spend", "attributed_revenue", "attributed_orders", "claimed_revenue", "claimed_conversions"),
            *("store_revenue", "collected_revenue"),
        ),
        "select * from marts.workspace_roas",
    ),
    Part(
        "alerts",
        ("workspace_id", "platform", "campaign_id", "date", "type"),
        (),
        "select * from marts.performance_alerts",
    ),
    Part(
        "issues",
        ("workspace_id", "type", "campaign_id", "date"),
        (),
        "select * from marts.consistency_issues",
    ),
)


def differences(connection: psycopg.Connection, key: Mapping[str, Sequence[Row]]) -> list[str]:
    """Returns one line per part that differs: the number of rows, and the first of them."""
    return [line for part in PARTS if (line := _disagreement(part, key[part.name], _stored(connection, part)))]


def _stored(connection: psycopg.Connection, part: Part) -> list[Row]:
    return list(connection.cursor(row_factory=dict_row).execute(part.query))


def _disagreement(part: Part, expected: Sequence[Row], stored: Sequence[Row]) -> str:
    found = list(_compared(part, _by_key(part, expected), _by_key(part, stored)))
    if not found:
        return ""
    return f"{part.name}: {len(found)} rows differ ({len(expected)} expected), first {'; '.join(found[:SHOWN])}"


def _by_key(part: Part, rows: Sequence[Row]) -> dict[tuple[str, ...], Row]:
    return {tuple(str(row[name]) for name in part.key): row for row in rows}


def _compared(
    part: Part, expected: Mapping[tuple[str, ...], Row], stored: Mapping[tuple[str, ...], Row]
) -> Iterator[str]:
    for key in sorted(expected.keys() | stored.keys()):
        if key not in stored:
            yield f"{' '.join(key)} is missing"
        elif key not in expected:
            yield f"{' '.join(key)} is unexpected"
        elif wrong := [name for name in part.values if not _equal(expected[key][name], stored[key][name])]:
            yield f"{' '.join(key)} " + ", ".join(
                f"{name} is {stored[key][name]} (expected {expected[key][name]})" for name in wrong
            )


def _equal(expected: object, stored: object) -> bool:
    if expected is None or stored is None:
        return expected is stored
    if isinstance(stored, int | Decimal):
        return abs(Decimal(str(expected)) - stored) < CENT
    return str(expected) == str(stored)
