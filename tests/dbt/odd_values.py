"""Payloads with an odd JSON value at one place each, for every source."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
from ad_rows import CAMPAIGNS, METRICS
from order_rows import ORDERS, session, visit
from psycopg.sql import SQL, Identifier
from raw_rows import Account, Load

JSON = object
Path = tuple[str | int, ...]
DAY = date(2026, 11, 3)
MOMENT = datetime(2026, 11, 3, 9, tzinfo=UTC)
PER_SOURCE = 2_000
LONG = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(5_000))
VALUES: tuple[JSON, ...] = (
    *(None, True, False, 0, -1, 1.5, 18342.0, 999_999_999_998, 10**15, 10**40, 1e300, -1e300),
    *("", " ", "-", "sale", "1,234.50", "1.100,50", "NaN", "Infinity", "-infinity", "1e400", "0x1F", "12 ", "٣"),
    *("0000-00-00T00:00:00", "0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-30 00:00:00", "infinity"),
    *("now", "2026-11-04", "2026-11-04T00:00:00+99:00", "294276-12-31T00:00:00Z", "4714-11-24 BC", "Mars/Olympus"),
    *([], {}, [[]], [{}], [None], {"a": {"b": []}}, [1, "a", {"action_type": "purchase", "value": "many"}]),
    *([{"id": 1, "key": None, "value": {}}], [{"id": "first", "key": "_wc_order_attribution_utm_source", "value": 5}]),
    *("%FF%FE%00", "{{campaign.id}}", "&#1234567;&#x;&#0;", "\u202e\u200f", "\U0001f600", LONG),
)
OUTCOMES = {"purchases": (9, "731.2"), "ctr": "3.331152", "cpc": "0.351669"}
META_OUTCOMES = {"purchases": {"purchase": (9, "731.2")}, "roas": {"purchase": "3.4"}, "ctr": "3.3", "cpc": "0.35"}
LINK = {"utm_source": "facebook", "utm_medium": "paid", "utm_campaign": "Sale", "utm_content": "a", "utm_term": "b"}
ORDER_ROWS = {
    "shopify": {"visits": [visit(1, MOMENT, **LINK)], "refunded": "3.00", "attributes": LINK},
    "woocommerce": {"session": session(MOMENT, session_entry="https://shop.example/", **LINK), "refunded": "3.00"},
    "salla": {"details": LINK, "campaign": {"source": "facebook", "medium": "paid", "campaign": "Sale"}},
    "zid": {"method": "mada"},
}


def accounts() -> Iterator[Account]:
    for platform in (*METRICS, *ORDERS):
        yield Account(platform, f"odd-{platform}")


def load(run: Load) -> None:
    """Writes a workspace whose every record has an odd value."""
    run.workspace("odd", "SAR", "Asia/Riyadh")
    for account in accounts():
        run.account("odd", account, "SAR", "Asia/Riyadh")
        run.synced(account, (date(2026, 8, 1), date(2026, 11, 22)), datetime(2026, 11, 22, 8, tzinfo=UTC))
        for stream, payload in _templates(account):
            _load_stream(run.db, account, stream, payload)


def put(db: psycopg.Connection, account: Account, stream: str, key: str, payload: JSON) -> None:
    """Writes one record and, for metrics, its observation."""
    day = DAY if stream == "campaign_metrics" else None
    row = (account.native_id, key, day, json.dumps(payload))
    into = SQL(
        "insert into raw.{} (account_id, record_key, metric_date, payload, observed_at, run_id)"
        " values (%s, %s, %s, %s, now(), 'run')"
    )
    db.execute(into.format(Identifier(f"{account.platform}_{stream}")), row)
    if day:
        db.execute(
            "insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)"
            " values (%s, %s, %s, %s, %s, now(), %s)",
            (account.platform, stream, *row),
        )


def with_value(payload: JSON, path: Path, value: JSON) -> JSON:
    """Returns a copy of the payload with another value at the path."""
    if not path:
        return value
    changed = copy.deepcopy(payload)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def template(account: Account) -> JSON:
    """Returns a valid record of the stream that figures come from."""
    return dict(_templates(account))[account.stream]


def _templates(account: Account) -> Iterator[tuple[str, JSON]]:
    if account.kind == "store":
        yield "stores", {"name": "Odd", "title": "Odd", "currency": "SAR", "currencyCode": "SAR", "timezone": "UTC"}
        yield "orders", ORDERS[account.platform](1, MOMENT, {"total": "100.00", **ORDER_ROWS[account.platform]})
        return
    yield "accounts", {"name": "Odd", "currency": "SAR", "timezone": "UTC", "timezone_name": "UTC", "status": 1}
    yield "ads", {"id": "1", "kind": "ad", "campaign_id": "1", "name": "Ad"}
    yield "campaigns", CAMPAIGNS[account.platform]("1", "Sale")
    outcomes = META_OUTCOMES if account.platform == "meta" else OUTCOMES
    row = {"impressions": 18342, "clicks": 611, "spend": "214.87", **outcomes}
    yield "campaign_metrics", METRICS[account.platform](account.native_id, "1", DAY, row)


def _load_stream(db: psycopg.Connection, account: Account, stream: str, payload: JSON) -> None:
    if stream in {"accounts", "stores"}:
        # One record per account.
        put(db, account, stream, account.native_id, dict.fromkeys(payload, LONG))
        return
    many = stream in {"orders", "campaign_metrics"}
    for number, odd in enumerate(_odd_payloads(payload, PER_SOURCE if many else 0)):
        put(db, account, stream, f"{number}:{DAY}" if stream == "campaign_metrics" else str(number), odd)


def _odd_payloads(payload: JSON, at_least: int) -> list[JSON]:
    """Every value at every place; then, up to a number of payloads, values at two places."""
    paths = list(_paths(payload))
    odd = [with_value(payload, path, value) for path in paths for value in VALUES]
    chance = random.Random(12)  # noqa: S311
    while len(odd) < at_least:
        first = with_value(payload, chance.choice(paths), chance.choice(VALUES))
        odd.append(with_value(first, chance.choice(list(_paths(first))), chance.choice(VALUES)))
    return odd


def _paths(node: JSON, path: Path = ()) -> Iterator[Path]:
    yield path
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in entries:
        yield from _paths(child, (*path, step))
