"""What a source is: a declaration of streams and a few functions that know its API.

A stream reads pages; a page is a list of records whose payload stays the bytes that arrived. `Stream` is one of three
types, by what a read is asked for: everything (entities), days (metrics), or what changed within a range of time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from adsync.auth.token_refresh import TokenRefresh, initial_token
from adsync.models import (
    Account,
    AccountInfo,
    ApiResponse,
    Credentials,
    LearnedLimits,
    ListedRecord,
    Page,
    RateLimit,
    RawJson,
    Record,
    RecordCount,
    StoredPayloads,
    Token,
)

if TYPE_CHECKING:
    import httpx

    from adsync.api.client import ApiClient
    from adsync.ranges import DateRange, TimeRange


@dataclass(frozen=True)
class CallCost:
    """What a read costs in API calls; only plans use it.

    A call returns `page_size` records, or with `per_campaign` so many campaigns with all their days. Each record takes
    `per_record` further calls, each read `fixed` ones. What completes the days of a daily stream takes `complete_read`
    calls per read or report, and `complete_days` for as many days as one read may ask for. A read begins `lead_time`
    before its range and continues for `overrun` older records after the new ones.
    """

    page_size: int = 100
    per_campaign: bool = False
    per_record: float = 0
    fixed: int = 0
    complete_read: int = 0
    complete_days: int = 0
    lead_time: timedelta = timedelta()
    overrun: int = 0


@dataclass(frozen=True)
class AsyncReport:
    """An asynchronous report: `create` returns its id, `is_ready` polls once, `download` reads it.

    `create` raises ReportRefused if the app may not request reports. A report of `last_resort` is requested only after
    the smallest synchronous request was too much; other reports also for more days than one request may ask for, and
    by an incremental stream for more than `beyond_days` days. One that is not ready after `max_wait` counts as lost.
    """

    create: Callable[[ApiClient, Account, DateRange | TimeRange], Awaitable[str]]
    is_ready: Callable[[ApiClient, Account, str], Awaitable[bool]]
    download: Callable[[ApiClient, Account, str], AsyncIterator[Page]]
    last_resort: bool = False
    beyond_days: int = 0
    max_wait: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class RereadPolicy:
    """Reads unfinished records again, for platforms that finish them without marking them as changed.

    `is_unfinished(record, now)` selects them; `read(client, account, keys)` reads them by key after each of `delays`,
    `page_size` of them per call.
    """

    is_unfinished: Callable[[Record, datetime], bool]
    read: Callable[[ApiClient, Account, Sequence[str]], AsyncIterator[Page]]
    delays: tuple[timedelta, ...]
    page_size: int = 100


@dataclass(frozen=True)
class PresenceCheck:
    """Finds records that were deleted at the platform, and changes that it does not date.

    `list_records(client, account, created_in)` yields the keys of all records that were created in the range,
    `page_size` of them per call, in `lists` lists. `created` is the path of the day of creation in a stored payload.
    `fingerprint(payload)` returns what a list would say of a stored record. Missing records are confirmed by
    `read_keys` of the stream.
    """

    list_records: Callable[[ApiClient, Account, TimeRange], AsyncIterator[list[ListedRecord]]]
    created: tuple[str, ...]
    fingerprint: Callable[[RawJson], str] | None = None
    page_size: int = 100
    lists: int = 1


@dataclass(frozen=True)
class EntityStream:
    """A listing that is read as a whole: accounts, stores, campaigns, ads.

    It is read in every sync, or at most once per `refresh_every`. With `restate_only` it is read only by runs that
    name days, such as the nightly `restate`.
    """

    name: str
    read: Callable[[ApiClient, Account], AsyncIterator[Page]]
    refresh_every: timedelta | None = None
    restate_only: bool = False
    cost: CallCost = CallCost()


@dataclass(frozen=True)
class DailyStream:
    """Metrics by day, replaced in windows of days; `read` lowers the limits it is given when a request is too much.

    One read may ask for `max_days`, and for `fallback_days` after a request that was too much. The platform keeps
    days for `retention_months` (None: for ever). `complete` adds to the pages of a read or report what neither
    contains: other kinds of campaigns, and what the account spent beyond its campaigns.
    """

    name: str
    read: Callable[[ApiClient, Account, DateRange, LearnedLimits], AsyncIterator[Page]]
    max_days: int = 30
    fallback_days: int = 30
    retention_months: int | None = None
    report: AsyncReport | None = None
    complete: Callable[[ApiClient, Account, DateRange, AsyncIterator[Page]], AsyncIterator[Page]] | None = None
    cost: CallCost = CallCost()

    def completed(
        self, client: ApiClient, account: Account, days: DateRange, pages: AsyncIterator[Page]
    ) -> AsyncIterator[Page]:
        """Returns the pages of a read or report of those days, with what `complete` adds."""
        return self.complete(client, account, days, pages) if self.complete else pages


@dataclass(frozen=True)
class IncrementalStream:
    """Records by the time of their last change, upserted; the replication key is that time.

    One read may cover `max_days`. `read` is given a function that returns stored payloads by key. A platform that
    cannot list the changes within a range has `read_history` for history and for days named by a run.
    `count` returns in one call how many records a range holds, or None if the platform does not say.
    `read_keys` reads records by key, for those that were rejected before; without it only later reads of the lookback
    meet them again. Runs that name days end with `presence`.
    """

    name: str
    read: Callable[[ApiClient, Account, TimeRange, StoredPayloads], AsyncIterator[Page]]
    max_days: int = 30
    read_history: Callable[[ApiClient, Account, TimeRange, StoredPayloads], AsyncIterator[Page]] | None = None
    count: Callable[[ApiClient, Account, TimeRange], Awaitable[RecordCount | None]] | None = None
    report: AsyncReport | None = None
    reread: RereadPolicy | None = None
    read_keys: Callable[[ApiClient, Account, Sequence[str], StoredPayloads], AsyncIterator[Page]] | None = None
    presence: PresenceCheck | None = None
    cost: CallCost = CallCost()


@dataclass(frozen=True)
class ConnectionNeeds:
    """What the connection of an account holds, for `config check`.

    `required` are its fields that must be set: `host`, `login`, `password`. `extra` are the keys that its extra may
    hold beside those of every platform, `required_extra` those that it must hold. `together` names for a key the
    further ones without which it has no effect, `flags` are the keys that are true or false.
    """

    required: tuple[str, ...] = ("password",)
    extra: tuple[str, ...] = ()
    required_extra: tuple[str, ...] = ()
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def known(self) -> set[str]:
        """All keys of the extra that have a meaning."""
        pairs = {name for key, needed in self.together.items() for name in (key, *needed)}
        return {*COMMON_EXTRA, *self.extra, *self.required_extra, *self.flags, *pairs}


# Keys of any connection: the app that shares a rate limit, the expiry of the token, another token server.
COMMON_EXTRA = ("app_id", "client_id", "expires", "token_url")
APP = ("client_id", "client_secret")

Stream = EntityStream | DailyStream | IncrementalStream


def no_throttle(_: ApiResponse) -> float:
    """Returns no delay, for platforms whose responses do not report the remaining rate limit."""
    return 0.0


def no_notes(_: RawJson) -> tuple[str, ...]:
    """Returns no note, for platforms that hide nothing from the app."""
    return ()


@dataclass(frozen=True)
class Source:
    """A platform: how to reach it, how to read its responses, and which streams it has.

    `check` raises the error that a response stands for. The first stream is the account's own record: `account_info`
    reads its payload, `notes` returns what an admin should know although nothing failed, one sentence each.
    `rate_limits` are the documented limits; `throttle` returns how many seconds a response asks the account to pause.
    `options` are the keys that an account may have in workspaces.yaml, each with its allowed values (empty: any text).
    `lookback` is how many days, today included, the platform still restates; `restate` reads them again every night.
    `normalize_id` returns the one spelling of an id in workspaces.yaml, or raises ValueError with what it expects.
    `label` is the name that users see; by default the capitalized name. `connection` is what its connections hold.
    """

    name: str
    kind: Literal["ad_account", "store"]
    base_url: Callable[[Credentials, str], str]
    auth: Callable[[Credentials, Token], httpx.Auth]
    check: Callable[[ApiResponse], None]
    account_info: Callable[[RawJson], AccountInfo]
    streams: tuple[Stream, ...]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    normalize_id: Callable[[str], str] = str.strip
    initial_token: Callable[[Credentials], Token] = initial_token
    token_refresh: TokenRefresh | None = None
    rate_limits: tuple[RateLimit, ...] = ()
    throttle: Callable[[ApiResponse], float] = no_throttle
    lookback: int = 28
    notes: Callable[[RawJson], tuple[str, ...]] = no_notes
    label: str = ""
    connection: ConnectionNeeds = ConnectionNeeds()

    def stream(self, name: str) -> Stream:
        """Returns the stream of that name."""
        return next(stream for stream in self.streams if stream.name == name)
