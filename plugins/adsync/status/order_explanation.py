"""Why an order went where it did, as the view `marts.order_explanations` says it. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from adsync.errors import ConfigError
from adsync.warehouse.connection import connect_now

# An id may be written without the platform's own prefix, a number without its sign.
FIND = """
select workspace_id, platform as store_platform, store_id, order_id
from marts.orders
where (order_id = %(key)s or order_id like '%%/' || %(bare)s or number in (%(key)s, '#' || %(key)s))
    and (%(workspace)s::text is null or workspace_id = %(workspace)s)
    and (%(store)s::text is null or store_id = %(store)s)
order by 1, 2, 3, 4
limit 11
"""
EXPLAIN = """
select workspace_id, store_platform, store_id, order_id, sentence, touches, rejected_more
from marts.order_explanations
where (workspace_id, store_platform, store_id, order_id) = (%s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Explanation:
    """One order's story: the sentence, then each touch with what became of it."""

    workspace_id: str
    store_platform: str
    store_id: str
    order_id: str
    sentence: str
    touches: list[dict[str, Any]]
    rejected_more: int


def explain(url: str, key: str, workspace: str | None = None, store: str | None = None) -> Explanation:
    """The one order that `key` (id or number) names; ConfigError when there is none, or more than one."""
    with connect_now(url) as connection:
        found = _named(connection, {"key": key, "bare": _escaped(key), "workspace": workspace, "store": store})
        if len(found) != 1:
            raise ConfigError(_which(key, found) if found else _unknown(key, workspace, store))
        with connection.cursor(row_factory=class_row(Explanation)) as cursor:
            told = cursor.execute(EXPLAIN, found[0]).fetchone()
    if told is None:
        raise ConfigError(f"order {key} is in the warehouse but not decided yet: wait for the next transform")
    return told


def lines(told: Explanation) -> Iterator[str]:
    """The story as a person reads it, line by line."""
    yield f"{told.workspace_id}, {told.store_platform} store {told.store_id}, order {told.order_id}"
    yield told.sentence
    for touch in told.touches:
        yield f"  {touch['verdict']}: {touch['at']} {_named_by(touch)}, {touch['why']} (touch {touch['touch']})"
    if told.rejected_more:
        yield f"  and {told.rejected_more} more touches, further from the order"


def _named_by(touch: dict[str, Any]) -> str:
    if touch["campaign_id"] is None:
        return "no campaign"
    return f'{touch["platform"]} "{touch["campaign_name"] or touch["campaign_id"]}"'


def _named(connection: psycopg.Connection, wanted: dict[str, str | None]) -> list[tuple[str, ...]]:
    try:
        return connection.execute(FIND, wanted).fetchall()
    except psycopg.errors.UndefinedTable as error:
        raise ConfigError("there are no marts in this warehouse yet: run the transform first") from error


def _escaped(key: str) -> str:
    return key.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _which(key: str, found: list[tuple[str, ...]]) -> str:
    places = "; ".join(f"{workspace}: {platform} store {store}, {order}" for workspace, platform, store, order in found)
    return f"order {key} is several orders; say which with --workspace, --store or the full id: {places}"


def _unknown(key: str, workspace: str | None, store: str | None) -> str:
    where = "".join(
        f" in {kind} {name}" for kind, name in (("workspace", workspace), ("store", store)) if name is not None
    )
    return f"no order{where} has the id or number {key}: check it, or wait for the next sync and transform"
