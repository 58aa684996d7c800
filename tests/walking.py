"""Platforms whose rows change, appear and vanish while a client reads them, for the walk tests of all sources.

A platform is simulated here, not by the sandbox: a shop of rows, a clock that moves with every request, and writes that
happen after a page was selected and before its rows are loaded.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from adsync.models import Account, Credentials, Record, RejectedRecord
from adsync.ranges import TimeRange
from adsync.sources.base import Source
from reading import connected

KEY = b"k" * 32
OVERLAP = timedelta(minutes=10)
HISTORY = timedelta(days=30)


@dataclass
class Row:
    """An order: when it was created and last saved by the platform's clock, and how often it was saved."""

    id: int
    created: datetime
    modified: datetime
    version: int = 0
    trashed: bool = False


@dataclass
class Shop:
    """Rows and a clock. `skew` is how far the platform's clock is ahead of the true time; `tick` is a request."""

    now: datetime
    rows: dict[int, Row] = field(default_factory=dict)
    skew: timedelta = timedelta()
    tick: timedelta = timedelta(seconds=1)
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    writes: int = 0
    calls: int = 0
    deleted: set[int] = field(default_factory=set)

    @property
    def clock(self) -> datetime:
        """The platform's time in whole seconds."""
        return (self.now + self.skew).replace(microsecond=0)

    def add(self, modified: datetime, created: datetime | None = None) -> Row:
        row = Row(max(self.rows, default=100) + 1, created or modified, modified)
        self.rows[row.id] = row
        return row

    def save(self, row: Row) -> None:
        row.version, row.modified = row.version + 1, self.clock

    def delete(self, row: Row) -> None:
        del self.rows[row.id]
        self.deleted.add(row.id)

    def happen(self, selected: Iterable[Row]) -> None:
        """Writes to selected rows, most often to the last, deletes one now and then, and adds new ones."""
        selected = [row for row in selected if row.id in self.rows]
        for _ in range(self.writes):
            kind = self.chance.randrange(10)
            if kind < 6 and selected:
                self.save(selected[-1] if kind < 3 else self.chance.choice(selected))
            elif kind == 6 and selected:
                self.delete(selected.pop(self.chance.randrange(len(selected))))
            elif kind < 9:
                self.save(self.chance.choice(list(self.rows.values())))
            else:
                self.add(self.clock)

    def answered(self) -> None:
        self.calls += 1
        self.now += self.tick


@dataclass
class Reader:
    """A raw table in memory, filled by a source's own read functions, as a sync would fill it."""

    source: Source
    account: Account
    transport: httpx.AsyncBaseTransport
    known: Credentials
    loaded: dict[str, dict[str, object]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    async def stored(self, keys: Iterable[str]) -> dict[str, bytes]:
        return {key: json.dumps(self.loaded[key]).encode() for key in keys if key in self.loaded}

    async def read(self, time_range: TimeRange, *, history: bool = False) -> None:
        stream = self.source.stream("orders")
        read = (history and stream.read_history) or stream.read
        async with connected(self.source, self.account, self.transport, known=self.known) as client:
            async for page in read(client, self.account, time_range, self.stored):
                self.add(page)

    def add(self, page: Iterable[Record | RejectedRecord]) -> None:
        self.lost += [each.reason for each in page if isinstance(each, RejectedRecord)]
        records = [each for each in page if isinstance(each, Record)]
        self.loaded |= {record.key: json.loads(bytes(record.payload)) for record in records}


async def first_sync(shop: Shop, reader: Reader) -> datetime:
    """Reads the history up to now; returns how far that covers."""
    until = shop.now.replace(microsecond=0)
    await reader.read(TimeRange(until - HISTORY, until), history=True)
    return until


async def next_sync(shop: Shop, reader: Reader, covered: datetime) -> None:
    """Reads what changed since, without writes meanwhile."""
    shop.writes, shop.now = 0, shop.now + timedelta(minutes=20)
    await reader.read(TimeRange(covered - OVERLAP, shop.now.replace(microsecond=0)))


def missing(shop: Shop, reader: Reader, version: Callable[[dict[str, object]], int]) -> list[int]:
    """Returns the rows that are not loaded, or not as they were last saved."""
    return [
        row.id
        for row in shop.rows.values()
        if str(row.id) not in reader.loaded or version(reader.loaded[str(row.id)]) != row.version
    ]
