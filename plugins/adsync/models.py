"""Data types that several packages share: accounts, credentials, tokens, responses, records.

This module imports nothing of adsync.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

# JSON as it arrived: a slice of the response's bytes, or bytes of its own.
RawJson = bytes | msgspec.Raw

# Who shares a rate limit.
Scope = Literal["app", "account", "token"]


@dataclass(frozen=True)
class Credentials:
    """One Airflow connection: `host` is the base URL; `password` and everything in `extra` is secret.

    `schema` is not used: a path that was meant for the host may stand there.
    """

    conn_id: str
    host: str = ""
    login: str = ""
    password: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    schema: str = ""


@dataclass(frozen=True)
class Account:
    """An ad account or a store of one workspace; `account_id` is the platform's own id."""

    workspace_id: str
    platform: str
    account_id: str
    conn_id: str
    timezone: str = "UTC"
    options: Mapping[str, Any] = field(default_factory=dict)
    customer_key: bytes = field(default=b"", repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the account's days; ZoneInfoNotFoundError or ValueError if there is no such zone."""
        return ZoneInfo(self.timezone)

    def __str__(self) -> str:
        return f"{self.platform} {self.account_id} ({self.workspace_id})"


@dataclass(frozen=True)
class Token:
    """An access token, the refresh token for the next one, and when it expires (None: unknown).

    `extra` is for platforms that require a second secret.
    """

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    expires_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ApiResponse:
    """A response of a platform, its body read to the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Record(NamedTuple):
    """A row for a raw table: unique `key` within its account and stream, its day if it has one, its JSON text."""

    key: str
    day: date | None
    payload: RawJson


class RejectedRecord(NamedTuple):
    """A record that cannot be read or stored: its key (empty: unknown), why, and an excerpt of its allowed fields."""

    key: str
    reason: str
    excerpt: str = ""


Page = list[Record | RejectedRecord]

# Returns the stored payload of each key that has one.
StoredPayloads = Callable[[Sequence[str]], Awaitable[Mapping[str, bytes]]]


@dataclass
class LearnedLimits:
    """How much of a daily stream one request may ask for, as learned from requests that were too much.

    Not frozen: a read lowers the limits while it runs. `reduced_request` is the smallest form that a source knows of
    its request, such as fewer fields or some campaigns at a time.
    """

    window_days: int | None = None
    page_size: int | None = None
    reduced_request: bool = False


class AccountInfo(NamedTuple):
    """The account as its platform describes it: ISO 4217 currency, IANA time zone."""

    name: str
    currency: str
    timezone: str


class ListedRecord(NamedTuple):
    """A record that exists at its platform; the fingerprint of what a list says of it is empty if it says nothing."""

    key: str
    fingerprint: str = ""


class RecordCount(NamedTuple):
    """The number of records in a range, and how many of them a page holds if the platform says so."""

    records: int
    page: int | None = None


@dataclass(frozen=True)
class RateLimit:
    """At most `calls` in `seconds` for everything that shares the `scope`.

    `app` is one developer app (the connection's `app_id` or `client_id`, else its token), `account` one account,
    `token` one access token. With `path`, only calls whose path contains it are counted.
    """

    scope: Scope
    calls: int
    seconds: float
    path: str = ""
