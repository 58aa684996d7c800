"""What a source is: a declaration of streams, and a few functions that know its API.

A stream reads pages; a page is a list of records whose payload stays the bytes that arrived.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from adsync.auth.token_refresh import TokenRefresh, initial_token
from adsync.models import (
    Account,
    AccountInfo,
    ApiResponse,
    Credentials,
    Page,
    RateLimit,
    RawJson,
    Record,
    RecordCount,
    Token,
)

if TYPE_CHECKING:
    import httpx

    from adsync.api.client import ApiClient
    from adsync.ranges import DateRange, TimeRange


Read = Callable[..., AsyncIterator[Page]]


async def no_stored_payloads(_: Sequence[str]) -> Mapping[str, bytes]:
    return {}


@dataclass(frozen=True)
class AsyncReport:
    """An asynchronous report: `create` returns its id, `ready` polls once, `download` reads it.

    `create` raises ReportRefused where the app may not order any. A report of `last_resort` is ordered only after
    the smallest synchronous request was too much; others also for more days than one request may ask for, and
    of a stream of changes for more than `beyond` days. One that takes longer than `patience` never ends.
    """

    create: Callable[[ApiClient, Account, DateRange | TimeRange], Any]
    ready: Callable[[ApiClient, Account, str], Any]
    download: Callable[[ApiClient, Account, str], AsyncIterator[Page]]
    last_resort: bool = False
    beyond: int = 0
    patience: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class RereadPolicy:
    """Records that arrive unfinished and are finished later without their platform telling.

    `unfinished(record, now)` says which; `read(client, account, keys)` reads them by key, after each of `waits`,
    `page` of them in a call.
    """

    unfinished: Callable[[Record, datetime], bool]
    read: Callable[[ApiClient, Account, Sequence[str]], AsyncIterator[Page]]
    waits: tuple[timedelta, ...]
    page: int = 100


@dataclass(frozen=True)
class Stream:
    """One raw table of a source.

    `entity` streams are listings, read whole: `read(client, account)`.
    `daily` streams are metrics, replaced by window: `read(client, account, window)`.
    `changes` streams are what moved in a span of time: `read(client, account, span)`.
    `longest` is how many days one `read` may ask for, `retreat` how many after a request that was too much.
    `months` is how far back the platform keeps anything; `every` how long an entity, once read, is good for.
    `aside` streams are read only where days are asked for by name, as by the nightly `restate`: no sync pays for them.
    What a read costs, for plans: `page` is how many records one call brings, or how many campaigns with all their
    days (`whole_campaigns`); `each` how many calls a record costs beside, `around` how many every read does. `early`
    is how much before its span a read begins, `tail` how many older records it goes on for after what is new.
    `count(client, account, span)` tells in one call how many records a span holds; None when it cannot be told.
    Where a platform cannot list what changed in a span, `rescan` reads history and spans asked for by name
    (None: `read` does), and both are handed `known`, to ask what is stored.
    """

    name: str
    shape: Literal["entity", "daily", "changes"]
    read: Read
    longest: int = 30
    retreat: int = 30
    months: int | None = None
    every: timedelta | None = None
    page: int = 100
    whole_campaigns: bool = False
    each: float = 0
    around: int = 0
    early: timedelta = timedelta()
    tail: int = 0
    count: Callable[[ApiClient, Account, TimeRange], Awaitable[RecordCount | None]] | None = None
    report: AsyncReport | None = None
    again: RereadPolicy | None = None
    rescan: Read | None = None
    aside: bool = False


def no_throttle(_: ApiResponse) -> float:
    """For platforms whose answers say nothing of what is left of the budget."""
    return 0.0


def no_notes(_: RawJson) -> tuple[str, ...]:
    """For platforms that hide nothing from us."""
    return ()


@dataclass(frozen=True)
class Source:
    """A platform: how to reach it, how to read its answers, and which streams it has.

    `check` raises the error that an answer stands for; `facts` reads the payload of the first stream,
    `notes` reads there what a person should know though nothing failed, one sentence each.
    `limits` are the documented budgets; `throttle` reads from an answer how many seconds the account should rest.
    `options` names the keys an account may carry in workspaces.yaml, each with its allowed values
    (empty: any text). `lookback` is for how many days, the last one included, it still changes what it said:
    so many are restated every night.
    """

    name: str
    kind: Literal["ad_account", "store"]
    base_url: Callable[[Credentials, str], str]
    auth: Callable[[Credentials, Token], httpx.Auth]
    check: Callable[[ApiResponse], None]
    facts: Callable[[RawJson], AccountInfo]
    streams: tuple[Stream, ...]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    initial_token: Callable[[Credentials], Token] = initial_token
    token_refresh: TokenRefresh | None = None
    limits: tuple[RateLimit, ...] = ()
    throttle: Callable[[ApiResponse], float] = no_throttle
    lookback: int = 28
    notes: Callable[[RawJson], tuple[str, ...]] = no_notes

    def stream(self, name: str) -> Stream:
        return next(stream for stream in self.streams if stream.name == name)
