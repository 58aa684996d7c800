"""What the contract suite needs to know about each source: one module per source, by name.

Paths of its streams, forms of its platform's responses, expected records of the sandbox, meaning of its errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

import httpx

import sandbox_fixtures
from adsync import registry
from adsync.errors import AdsyncError
from adsync.models import Account
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import EntityStream
from adsync_sandbox.generator.world import World

Asked = DateRange | TimeRange


@dataclass(frozen=True)
class Refusal:
    """A response that never succeeds, and the error that reading it raises; `body` may depend on the call's number."""

    body: object
    error: type[AdsyncError]
    words: str


@dataclass(frozen=True)
class Listed:
    """A stream of many records.

    `path` is part of the URL of its calls, `asks` of the calls for a page. `page` is the module whose PAGE_SIZE
    applies, or a behavior of the sandbox if the platform decides. `full` is the number of calls if one page holds
    everything, `lists` the number of listings per read, `held` whether a read yields everything at once, `each` how
    many records one item may become. `empty` are responses without a record, `middle(number, last)` an empty page that
    is the last or not (None: an empty page is always the last), `circle` a page that repeats, `lost` a page without
    the next cursor. `needed` are required fields, `keeps_unknown` whether raw contains unrequested fields. `counted`
    are the records that the platform counts in a range, if it can.
    """

    path: str
    known: Callable[[World, Account, Asked], set[str]]
    page: str
    needed: tuple[str, ...]
    empty: tuple[object, ...]
    circle: Refusal
    lost: object
    middle: Callable[[int, int], object] | None = None
    asks: str = ""
    sizes: tuple[int, ...] = (3, 7, 250)
    counts: Callable[[set[str]], int] = len
    days: int = 30
    lists: int = 1
    full: int = 1
    held: bool = False
    each: int = 1
    keeps_unknown: bool = True
    counted: Callable[[World, Account, Asked], set[str]] | None = None
    world: Callable[[], World] = sandbox_fixtures.world

    def sized(self, size: int) -> dict[str, object]:
        """The manner that makes pages of that size; empty where our own module decides."""
        return {} if "." in self.page else {self.page: size}


@dataclass(frozen=True)
class Contract:
    """A source: its `first` stream and path, its streams of many records, and its platform's responses.

    `errors` are the meanings of the sandbox's faults. `waits` are kinds of rate limit, the reported wait and the
    expected wait; `passing` is a wait of seconds (none: the platform uses minutes). `expired` are words of the remedy.
    `facts` are the fields with currency and time zone, `echo` an error that repeats the request, `owner` an account
    whose connection has all secrets. `personal` are texts that must not be stored; none of a few digits, which a time
    may contain by chance.
    """

    first: str
    path: str
    lists: Mapping[str, Listed]
    errors: Mapping[str, type[AdsyncError]]
    waits: tuple[tuple[str, float | None, float | None], ...]
    expired: str
    facts: tuple[str, ...]
    echo: Callable[[str], httpx.Response]
    owner: str
    personal: tuple[str, ...] = ()
    passing: tuple[float | None, ...] = ()
    renews: bool = False

    def pathed(self, stream: str) -> str:
        return self.path if stream == self.first else self.lists[stream].path

    @property
    def longest(self) -> str:
        """The stream that everything is about."""
        return next(name for name in ("campaign_metrics", "orders") if name in self.lists)


def of(source: str) -> Contract:
    return import_module(f"contracts.{source}").CONTRACT


def synced(source: str) -> list[str]:
    """The streams of many records that every sync reads."""
    streams = registry.load(source).streams[1:]
    return [each.name for each in streams if not (isinstance(each, EntityStream) and each.restate_only)]


SOURCES = registry.names()
LISTINGS = [(source, stream) for source in SOURCES for stream in of(source).lists]
STREAMS = [(source, of(source).first) for source in SOURCES] + LISTINGS


def known_keys(source: str, stream: str) -> set[str]:
    """What the world holds of a stream, worked out without any adapter."""
    contract, who = of(source), sandbox_fixtures.account(source)
    if stream == contract.first:
        return {who.account_id}
    listed = contract.lists[stream]
    return listed.known(listed.world(), who, sandbox_fixtures.recent(source, listed.days))
