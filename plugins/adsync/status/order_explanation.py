"""Reads `marts.order_explanations`: why an order was attributed to its campaign, or to none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from adsync.errors import ConfigError
from adsync.warehouse.connection import connect_now

MOST_FOUND = 11
# An id matches without the platform's prefix, a number without its sign. Both are in an index.
FIND = """
select workspace_id, platform as store_platform, store_id, order_id, order_date, net_reporting
from marts.orders
where
    (
        number in (%(key)s, '#' || %(key)s)
        or split_part(order_id, '/', -1) = split_part(%(key)s, '/', -1)
        and (order_id = %(key)s or right(order_id, length(%(key)s) + 1) = '/' || %(key)s)
    )
    and (%(workspace)s::text is null or workspace_id = %(workspace)s)
    and (%(store)s::text is null or store_id = %(store)s)
"""
EXPLAIN = """
select workspace_id, store_platform, store_id, order_id, sentence, touches, rejected_more
from marts.order_explanations
where (workspace_id, store_platform, store_id, order_id) = (%s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Explanation:
    """The explanation of one order: a sentence, then each touch with its verdict."""

    workspace_id: str
    store_platform: str
    store_id: str
    order_id: str
    sentence: str
    touches: Sequence[Mapping[str, Any]]
    rejected_more: int


def explain(url: str, key: str, workspace: str | None = None, store: str | None = None) -> Explanation:
    """Returns the explanation of the order with this id or number; ConfigError if none or several match."""
    with connect_now(url) as connection:
        found = _find(connection, {"key": key, "workspace": workspace, "store": store})
        if len(found) != 1:
            raise ConfigError(_ambiguous(key, found) if found else _unknown(key, workspace, store))
        with connection.cursor(row_factory=class_row(Explanation)) as cursor:
            explanation = cursor.execute(EXPLAIN, found[0]).fetchone()
    if explanation is None:
        raise ConfigError(f"order {key} is not attributed yet: wait for the next run of the DAG transform")
    return explanation


def lines(explanation: Explanation) -> Iterator[str]:
    """Yields the explanation as text, line by line."""
    place = f"{explanation.store_platform} store {explanation.store_id}"
    yield f"{explanation.workspace_id}, {place}, order {explanation.order_id}"
    yield explanation.sentence
    for touch in explanation.touches:
        yield f"  {touch['verdict']}: {touch['at']} {_campaign_of(touch)}, {touch['why']} (touch {touch['touch']})"
    if explanation.rejected_more:
        yield f"  and {explanation.rejected_more} more touches, further from the order"


def _campaign_of(touch: dict[str, Any]) -> str:
    if touch["campaign_id"] is None:
        return "no campaign"
    return f'{touch["platform"]} "{touch["campaign_name"] or touch["campaign_id"]}"'


def _find(connection: psycopg.Connection, values: dict[str, str | None]) -> list[tuple[str, ...]]:
    try:
        return sorted(row[:4] for row in connection.execute(FIND, values))[:MOST_FOUND]
    except psycopg.errors.UndefinedTable as error:
        raise ConfigError("missing table marts.orders: run the DAG transform once") from error


def _ambiguous(key: str, found: list[tuple[str, ...]]) -> str:
    places = "; ".join(f"{workspace}: {platform} store {store}, {order}" for workspace, platform, store, order in found)
    return f"order {key} is ambiguous: add --workspace or --store, or use the full id: {places}"


def _unknown(key: str, workspace: str | None, store: str | None) -> str:
    where = "".join(
        f" in {kind} {name}" for kind, name in (("workspace", workspace), ("store", store)) if name is not None
    )
    return f"unknown order {key}{where} (neither an id nor a number): check it, or wait for the next sync and transform"
