"""Records to read again by key: they arrived unfinished, and the platform will not mark them as changed.

The queue is stored in the cursor of their stream: key -> [first seen at, number of rereads].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adsync.models import Page, Record
from adsync.sources.base import RereadPolicy
from adsync.state.stream_state import StreamState

CURSOR_KEY = "again"
# Bounds the cursor for a store that never finishes its records: the oldest keys are dropped.
MAX_KEYS = 1000


@dataclass
class RereadQueue:
    """The queue of one stream as of `now`; `rereading` are the keys that the current batch reads again."""

    policy: RereadPolicy
    now: datetime
    rereading: Sequence[str] = ()
    entries: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def load(
        cls, policy: RereadPolicy, state: StreamState, now: datetime, rereading: Sequence[str] = ()
    ) -> RereadQueue:
        """Reads the queue from a stream's cursor."""
        return cls(policy, now, rereading, dict(state.cursor.get(CURSOR_KEY, {})))

    def due(self) -> list[str]:
        """Returns the keys whose next delay has passed."""
        return [key for key, (first_seen, rereads) in self.entries.items() if self._delays_passed(first_seen) > rereads]

    def observe(self, page: Page) -> None:
        """Queues the unfinished records of a page and removes the finished ones."""
        for record in page:
            if isinstance(record, Record):
                self._observe(record)

    def add_to(self, state: StreamState) -> StreamState:
        """Returns the state with the queue as it is after the batch."""
        newest = sorted(self._after_batch().items(), key=lambda entry: entry[1][0], reverse=True)[:MAX_KEYS]
        return state.with_cursor(**{CURSOR_KEY: dict(newest)})

    def _observe(self, record: Record) -> None:
        if not self.policy.is_unfinished(record, self.now):
            self.entries.pop(record.key, None)
        elif record.key not in self.entries:
            self.entries[record.key] = [self.now.isoformat(timespec="seconds"), 0]

    def _after_batch(self) -> dict[str, list[Any]]:
        """Counts the rereads; a late one uses up all delays that have passed, the last one removes its key."""
        entries = dict(self.entries)
        for key in set(self.rereading) & set(entries):
            first_seen, _ = entries.pop(key)
            passed = self._delays_passed(first_seen)
            if passed < len(self.policy.delays):
                entries[key] = [first_seen, passed]
        return entries

    def _delays_passed(self, first_seen: str) -> int:
        age = self.now - datetime.fromisoformat(first_seen)
        return sum(delay <= age for delay in self.policy.delays)
