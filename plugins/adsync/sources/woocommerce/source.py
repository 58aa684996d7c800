"""WooCommerce: the site and its orders, by the time they were last saved.

Dates are naive UTC with `dates_are_gmt=true`: with a Z they would be converted to the site's time zone first.
Reference: the project's WooCommerce sheet, sections 1 to 6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import AdsyncError, ContractError, TooMuchData
from adsync.models import (
    Account,
    ApiResponse,
    Page,
    RateLimit,
    RawJson,
    Record,
    RecordCount,
    RejectedRecord,
    StoredPayloads,
)
from adsync.ranges import TimeRange
from adsync.sources.base import CallCost, ConnectionNeeds, EntityStream, IncrementalStream, Source
from adsync.sources.common import account_ids
from adsync.sources.common.decoding import decode
from adsync.sources.common.http_errors import server_time
from adsync.sources.common.records import build_one, build_page, built
from adsync.sources.woocommerce.errors import SiteCrashed, check
from adsync.sources.woocommerce.order_changes import ONE_SECOND, Change, ChangedOrders, Listed, Position
from adsync.sources.woocommerce.orders import META_KEYS, REQUESTED_FIELDS, SHAPE, read, record
from adsync.sources.woocommerce.presence import PRESENCE
from adsync.sources.woocommerce.site_index import account_info, auth, base_url, get, stores

PAGE_SIZE = 100
MAX_DAYS = 30
Row = TypeVar("Row")

# Orders in the trash are in a list of their own.
EVERY_STATUS = ("any", "trash")
FIELDS = {"_fields": ",".join(REQUESTED_FIELDS), "include_meta": ",".join(META_KEYS)}


class Saved(msgspec.Struct):
    date_modified_gmt: str


class Numbered(msgspec.Struct):
    id: int


ORDERS = msgspec.json.Decoder(list[msgspec.Raw])
SAVED = msgspec.json.Decoder(list[Saved])
NUMBERED = msgspec.json.Decoder(list[Numbered])


async def orders(
    client: ApiClient, account: Account, time_range: TimeRange, _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields the orders that were saved in the range, by time, then those in the trash."""
    seconds = replace(time_range, since=time_range.since.replace(microsecond=0))
    for status in EVERY_STATUS:
        params = {"status": status, "orderby": "modified", "order": "asc", "dates_are_gmt": "true"}
        bounds = {**params, "modified_before": _clock(seconds.until)}
        walk = ChangedOrders(
            partial(_changes, client, account, seconds, bounds),
            partial(_read_unreadable, client, bounds),
            PAGE_SIZE,
            seconds,
            account.zone,
        )
        async for page in walk.changes():
            yield page


async def read_by_id(
    client: ApiClient, account: Account, keys: Sequence[str], _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields the orders of these ids that still exist; those that the site crashes on are read one by one."""
    numbers = [key for key in keys if key.isdecimal()]
    for start in range(0, len(numbers), PAGE_SIZE):
        for status in EVERY_STATUS:
            async for page in _included(client, account, numbers[start : start + PAGE_SIZE], status):
                yield page


async def _included(client: ApiClient, account: Account, numbers: Sequence[str], status: str) -> AsyncIterator[Page]:
    params = {"include": ",".join(numbers), "status": status, "per_page": str(PAGE_SIZE), **FIELDS}
    try:
        response = await get(client, "wc/v3/orders", params)
    except (TooMuchData, SiteCrashed):
        if len(numbers) == 1:
            yield [_crashed(numbers[0])]
            return
        half = len(numbers) // 2
        for part in (numbers[:half], numbers[half:]):
            async for page in _included(client, account, part, status):
                yield page
        return
    rows = decode(response.body, ORDERS, "woocommerce orders")
    yield [build_one(row, partial(_record, account.customer_key), SHAPE) for row in rows]


def _record(key: bytes, item: RawJson) -> Record:
    return record(item, read(item), key)


def _crashed(number: str) -> RejectedRecord:
    name = f"order {number}" if number else "an order"
    return RejectedRecord(number, f"the site crashes on {name}: its host's error log names the plugin")


async def count(client: ApiClient, _account: Account, time_range: TimeRange) -> RecordCount | None:
    """Returns the totals in the headers of both lists; None if a proxy removed them."""
    bounds = {
        "modified_after": _clock(time_range.since),
        "modified_before": _clock(time_range.until),
        "dates_are_gmt": "true",
    }
    found = 0
    for status in EVERY_STATUS:
        response = await get(client, "wc/v3/orders", {"status": status, **bounds, "per_page": "1", "_fields": "id"})
        total = _total(response)
        if total is None:
            return None
        found += total
    return RecordCount(found)


def _total(response: ApiResponse) -> int | None:
    total = response.headers.get("x-wp-total", "")
    return int(total) if total.isdecimal() else None


async def _changes(
    client: ApiClient, account: Account, time_range: TimeRange, params: Mapping[str, str], position: Position
) -> Listed:
    response = await _list(client, {**params, **FIELDS}, position)
    rows = decode(response.body, ORDERS, "woocommerce orders")
    page = build_page(rows, partial(_change, account.customer_key), SHAPE)
    changes = _in_place(page, min(time_range.since, position.after), position)
    return Listed(changes, _total(response), server_time(response.headers))


def _change(key: bytes, item: RawJson) -> Change:
    order = read(item)
    at = _instant(order.date_modified_gmt)
    return Change(f"{order.id} {order.date_modified_gmt}", at, record(item, order, key))


def _in_place(page: list[Change | RejectedRecord], oldest: datetime, position: Position) -> list[Change]:
    """Returns the changes, with rejected orders at the time of the row before them.

    An order saved after the range is newer than when the list selected it. If several are older, the filter was
    ignored; a single one is rejected.
    """
    read_orders = built(page)
    old = [each for each in read_orders if each.at < oldest]
    if len(old) > 1 or (old and len(old) == len(read_orders)):
        raise ContractError(
            f"woocommerce ignored the filter: order {old[0].key} is older than the range; "
            "update WooCommerce to 5.8 or later"
        )
    at, changes = position.after + ONE_SECOND, []
    for each in page:
        rejected = each if isinstance(each, RejectedRecord) else None
        if isinstance(each, Change) and each in old:
            rejected = RejectedRecord(
                each.record.key, f"woocommerce order {each.key} is older than the requested range"
            )
        if rejected:
            changes.append(Change(f"rejected {rejected.key} {rejected.excerpt}", at, rejected))
        else:
            at = each.at
            changes.append(each)
    return changes


async def _read_unreadable(
    client: ApiClient, params: Mapping[str, str], position: Position, error: SiteCrashed
) -> Change:
    """Returns id and time of an order that the site crashes on; raises the crash if the whole site is down."""
    rows = await _listed(client, {**params, "_fields": "date_modified_gmt"}, position, SAVED)
    if not rows:
        raise error
    number = ""
    with suppress(AdsyncError, IndexError):
        number = str((await _listed(client, {**params, "_fields": "id"}, position, NUMBERED))[0].id)
    at = _instant(rows[0].date_modified_gmt)
    return Change(f"crashed {number} {at}", at, _crashed(number))


async def _listed(
    client: ApiClient, params: Mapping[str, str], position: Position, decoder: msgspec.json.Decoder[list[Row]]
) -> list[Row]:
    return decode((await _list(client, params, position)).body, decoder, "woocommerce orders")


async def _list(client: ApiClient, params: Mapping[str, str], position: Position) -> ApiResponse:
    where = {"modified_after": _clock(position.after), "per_page": str(position.size)}
    past = {"offset": str(position.offset)} if position.offset else {}
    return await get(client, "wc/v3/orders", {**params, **where, **past})


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _instant(clock: str) -> datetime:
    try:
        return datetime.fromisoformat(clock).replace(tzinfo=UTC)
    except ValueError as error:
        raise ContractError(f"woocommerce date_modified_gmt: invalid time {clock!r}") from error


SOURCE = Source(
    name="woocommerce",
    label="WooCommerce",
    kind="store",
    base_url=base_url,
    auth=auth,
    check=check,
    account_info=account_info,
    normalize_id=account_ids.name,
    streams=(
        EntityStream("stores", stores, cost=CallCost(fixed=1)),
        # A page starts with the last order of the previous page; the trash is a list of its own.
        IncrementalStream(
            "orders",
            orders,
            MAX_DAYS,
            count=count,
            read_keys=read_by_id,
            presence=PRESENCE,
            cost=CallCost(PAGE_SIZE - 1, fixed=1),
        ),
    ),
    # WooCommerce has no limit of its own; the shop's customers use the same server.
    rate_limits=(RateLimit("account", 2, 1),),
    lookback=30,
    connection=ConnectionNeeds(
        required=("login", "password"),
        extra=("rest_prefix", "user_agent"),
        flags=("rest_route", "query_keys"),
    ),
)
