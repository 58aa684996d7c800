"""Salla: the store's facts and its orders; there is no asking for what changed since.

The list tells too little of an order, so each changed one is read by its id.
Facts: the project's Salla sheet, sections 1 to 6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import msgspec

from adsync.sources.base import (
    Account,
    Counted,
    Credentials,
    Facts,
    Known,
    Limit,
    Page,
    Record,
    Source,
    Stream,
    Text,
    nothing_known,
)
from adsync.sources.decode import decode
from adsync.sources.salla_errors import check, pause
from adsync.sources.salla_token import RENEWAL, auth
from adsync.sources.salla_walk import ENOUGH_OLD, LISTING, ONE, PAGE_SIZE, Walk
from adsync.transport import Client
from adsync.window import ONE_DAY, Span

HOST = "https://api.salla.dev/admin/v2"
ZONE = "Asia/Riyadh"
LONGEST_SPAN = 30


class Store(msgspec.Struct):
    id: int | str
    name: str
    currency: str
    timezone: str = ZONE


STORE = msgspec.json.Decoder(Store)


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


async def stores(client: Client, account: Account) -> AsyncIterator[Page]:
    answer = await client.get("store/info")
    store = decode(decode(answer.body, ONE, "salla store").data, STORE, "salla store")
    yield [Record(account.account_id, None, msgspec.json.encode(store))]


async def orders(client: Client, account: Account, span: Span, known: Known = nothing_known) -> AsyncIterator[Page]:
    """Yield the orders that changed since `span` began, whatever its end."""
    walk = Walk(client, account, known, {"sort_by": "updated_at-desc"}, since=span.since)
    async for page in walk.pages():
        yield page


async def created(client: Client, account: Account, span: Span, known: Known = nothing_known) -> AsyncIterator[Page]:
    """Yield the orders placed in `span` that are not as they were: whose day a bound is, nobody says, so one more."""
    async for page in Walk(client, account, known, {"sort_by": "id-asc", **_days(account, span)}).pages():
        yield page


async def count(client: Client, account: Account, span: Span) -> Counted:
    """How many orders were placed in `span`, and on the days beside it."""
    answer = await client.get("orders", {**_days(account, span), "page": "1", "per_page": "1"})
    return Counted(decode(answer.body, LISTING, "salla orders").pagination.total)


def _days(account: Account, span: Span) -> dict[str, str]:
    first, last = (moment.astimezone(ZoneInfo(account.timezone)).date() for moment in (span.since, span.until))
    return {"from_date": str(first - ONE_DAY), "to_date": str(last + ONE_DAY)}


def facts(payload: Text) -> Facts:
    store = decode(payload, STORE, "salla store")
    return Facts(store.name, store.currency, store.timezone)


SOURCE = Source(
    name="salla",
    kind="store",
    base_url=base_url,
    auth=auth,
    check=check,
    facts=facts,
    streams=(
        Stream("stores", "entity", stores),
        Stream(
            "orders",
            "changes",
            orders,
            longest=LONGEST_SPAN,
            rescan=created,
            page=PAGE_SIZE,
            each=1,
            tail=ENOUGH_OLD,
            count=count,
        ),
    ),
    renewal=RENEWAL,
    # The largest plan's; smaller ones are told by the headers of every answer.
    limits=(Limit("account", 720, 60),),
    pause=pause,
    lookback=30,
)
