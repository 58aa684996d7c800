"""Counts an account's records at the platform, for accounts without stored records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adsync.api.client import ApiClient
from adsync.errors import AdsyncError
from adsync.extract.context import SyncEnvironment, open_client
from adsync.models import Account, RecordCount
from adsync.ranges import TimeRange
from adsync.sources.base import EntityStream, IncrementalStream, Source, Stream


@dataclass(frozen=True)
class CountResult:
    """Records and page sizes by stream, empty if they are unknown; `note` is how they were counted, or why not."""

    records: Mapping[str, int] = field(default_factory=dict)
    page_sizes: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


async def count_records(
    source: Source, account: Account, streams: Sequence[Stream], within: TimeRange, environment: SyncEnvironment
) -> CountResult:
    """Counts the records of each stream; of an incremental stream only those that changed `within` the range."""
    names = " and ".join(stream.name for stream in streams)
    try:
        async with open_client(source, account, environment) as client:
            counts = {stream.name: await _count(client, account, stream, within) for stream in streams}
    except AdsyncError as error:
        return CountResult(note=f"number of {names} unknown: {error}")
    known = {name: count for name, count in counts.items() if count}
    if len(known) < len(counts):
        return CountResult(note=f"number of {names} unknown: not stated by the platform")
    return CountResult(
        {name: count.records for name, count in known.items()},
        {name: count.page for name, count in known.items() if count.page},
        f"{names} counted at the platform (calls: {client.stats.calls})",
    )


async def _count(client: ApiClient, account: Account, stream: Stream, within: TimeRange) -> RecordCount | None:
    match stream:
        case EntityStream():
            return RecordCount(sum([len(page) async for page in stream.read(client, account)]))
        case IncrementalStream(count=count) if count:
            return await count(client, account, within)
        case _:
            return None
