"""What the contract suite must know of each source, and cannot know of itself: one module per source, by its name.

Where its streams are, how its platform says things, which records the invented world holds, which errors mean what.
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
    """An answer that is one for ever, and what reading it raises."""

    body: object
    error: type[AdsyncError]
    words: str


@dataclass(frozen=True)
class Listed:
    """A stream of many records.

    `path` stands in the address of its calls, `asks` in each call for a page. `page` is the module whose PAGE_SIZE
    rules, or a manner of the sandbox where the platform decides. `full` is how many pages are asked for when one
    holds everything, `lists` how many listings a read follows, `held` whether it hands everything out at once,
    `each` how many records one item of a page may become.
    `empty` are answers without a record, `middle(number, last)` an empty page that is the last one or not (None:
    an empty page is always the last), `circle` a page that comes again and again, `lost` one that tells too little
    to go on from. `needed` are fields that nobody can do without, `keeps_unknown` whether raw has what we did not ask
    for. `counted` are the records that the platform counts in a span, where it is asked to.
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
    """A source: its `first` stream and its path, those with many records, and its platform's words.

    `errors` are what the sandbox's faults mean. `waits` are kinds of limit, the wait that was named, and what we are
    to wait; `passing` is one that is over in seconds (none: the platform thinks in minutes). `expired` are words that
    tell a person what to do. `facts` are the fields that tell currency and zone, `echo` an error that repeats what it
    was told, `owner` an account whose connection has every secret there is. `personal` are texts that must not be
    kept; none of a few digits, which a time of day can hold by chance.
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
