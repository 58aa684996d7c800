"""Records to read again by key: they came unfinished, and no date of theirs will tell when they are finished.

The list lives in the cursor of their stream: key -> [when it was first seen, how often it was read again].
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from adsync.models import Page, Record
from adsync.sources.base import RereadPolicy
from adsync.state.stream_state import StreamState

CURSOR_KEY = "again"
# A store that never finishes its records must not fill the cursor: the oldest make room.
MAX_KEYS = 1000


@dataclass
class RereadQueue:
    """What is to be read again of one stream, as of `now`."""

    declared: RereadPolicy
    now: datetime
    waiting: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, declared: RereadPolicy, covered: StreamState, now: datetime) -> RereadQueue:
        return cls(declared, now, dict(covered.cursor.get(CURSOR_KEY, {})))

    def kept(self, covered: StreamState, read_again: Sequence[str] = ()) -> StreamState:
        """The coverage, with the list as it is now that those keys were read again."""
        self._count(read_again)
        newest = sorted(self.waiting.items(), key=lambda entry: entry[1][0], reverse=True)[:MAX_KEYS]
        return replace(covered, cursor={**covered.cursor, CURSOR_KEY: dict(newest)})

    def due(self) -> list[str]:
        return [key for key, (seen, times) in self.waiting.items() if self._passed(seen) > times]

    async def noting(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on and note which of their records are unfinished, which are no longer."""
        async for page in pages:
            for record in page:
                self._note(record)
            yield page

    def _note(self, record: Record) -> None:
        if not self.declared.is_unfinished(record, self.now):
            self.waiting.pop(record.key, None)
        elif record.key not in self.waiting:
            self.waiting[record.key] = [self.now.isoformat(timespec="seconds"), 0]

    def _count(self, keys: Sequence[str]) -> None:
        """However late they were read: they wait for the next of the waits that are not over."""
        for key in set(keys) & set(self.waiting):
            seen, _ = self.waiting.pop(key)
            if self._passed(seen) < len(self.declared.delays):
                self.waiting[key] = [seen, self._passed(seen)]

    def _passed(self, seen: str) -> int:
        age = self.now - datetime.fromisoformat(seen)
        return sum(wait <= age for wait in self.declared.delays)
