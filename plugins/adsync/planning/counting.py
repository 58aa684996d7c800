"""Counting what an account has, at its platform: for accounts of which nothing is stored yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from adsync.api.client import ApiClient
from adsync.errors import AdsyncError
from adsync.extract.context import SyncEnvironment, open_client
from adsync.models import Account, RecordCount
from adsync.ranges import TimeRange
from adsync.sources.base import EntityStream, IncrementalStream, Source, Stream

A_DAY = 86_400


@dataclass(frozen=True)
class Count:
    """How many records an account has, by stream: of a stream of changes those inside `span`; and how it is known."""

    account: Account
    span: TimeRange
    records: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    note: str = ""

    async def taken(self, source: Source, streams: Sequence[Stream], environment: SyncEnvironment) -> Count:
        """With these streams counted; the note says what that cost, or why it could not be done."""
        what = " and ".join(stream.name for stream in streams)
        try:
            async with open_client(source, self.account, environment) as client:
                told = {stream.name: await self._of(client, stream) for stream in streams}
        except AdsyncError as error:
            return replace(self, note=f"its {what} are unknown: {error}")
        found = {name: counted for name, counted in told.items() if counted}
        if len(found) < len(told):
            return replace(self, note=f"its {what} are unknown: the platform does not tell how many there are")
        return replace(
            self,
            records=self.records | {name: counted.records for name, counted in found.items()},
            pages={name: counted.page for name, counted in found.items() if counted.page},
            note=f"its {what} were counted just now (calls made for it: {client.stats.calls})",
        )

    async def _of(self, client: ApiClient, stream: Stream) -> RecordCount | None:
        match stream:
            case EntityStream():
                return RecordCount(sum([len(page) async for page in stream.read(client, self.account)]))
            case IncrementalStream(count=count) if count:
                return await count(client, self.account, self.span)
            case _:
                return None

    def a_day(self, stream: Stream) -> float | None:
        """How many of them a day of the span has."""
        found = self.records.get(stream.name)
        return None if found is None else found * A_DAY / (self.span.until - self.span.since).total_seconds()
