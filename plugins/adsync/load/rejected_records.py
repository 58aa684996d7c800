"""The table `raw.rejected_records`: records that could not be read or stored, until they can be.

An entry leaves when a record of its key is loaded, and when a batch that would have contained the record does not: the
whole listing, its day, or its key requested again. Without a key it leaves when it was not met for some days.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg

from adsync.models import Page, Record, RejectedRecord
from adsync.ranges import DateRange

LOG = logging.getLogger(__name__)
MAX_KEY_LENGTH, MAX_EXCERPT_LENGTH = 512, 500
# A record without a readable key cannot be recognized once it reads; the nightly restatement would have met it again.
KEYLESS_KEPT = timedelta(days=3)
# A record that stays unreadable is read again in every sync at first, then at this interval.
EAGER_ATTEMPTS = 10
REREAD_INTERVAL = timedelta(hours=12)
MAX_REREAD = 100
MAX_LOGGED = 20

# Every key of a daily stream ends with its day.
DELETE = """
delete from raw.rejected_records as known
where source = %(source)s and stream = %(stream)s and account_id = %(account_id)s
    and coalesce(record_key, md5(reason || excerpt)) <> all(%(kept)s)
    and (
        %(is_whole)s
        or record_key = any(%(keys)s)
        or substring(record_key from '[0-9]{4}-[0-9]{2}-[0-9]{2}$') between %(since)s::text and %(last_day)s::text
        or exists (select from staged_records as staged where staged.record_key = known.record_key)
        or (record_key is null and last_seen_at < %(observed_at)s - %(keyless_kept)s)
    )
"""
UPSERT = """
insert into raw.rejected_records as known (
    source, stream, account_id, record_key, reason, excerpt, first_seen_at, last_seen_at
)
values (
    %(source)s, %(stream)s, %(account_id)s, nullif(%(key)s, ''), %(reason)s, %(excerpt)s, %(observed_at)s,
    %(observed_at)s
)
on conflict (source, stream, account_id, coalesce(record_key, md5(reason || excerpt))) do update set
    reason = excluded.reason, excerpt = excluded.excerpt, last_seen_at = excluded.last_seen_at,
    attempts = known.attempts + 1, loaded_at = clock_timestamp()
"""
DUE = """
select record_key from raw.rejected_records
where source = %(source)s and stream = %(stream)s and account_id = %(account_id)s and record_key is not null
    and (attempts < %(eager)s or last_seen_at <= %(observed_at)s - %(interval)s)
order by last_seen_at, record_key
limit %(limit)s
"""


@dataclass
class RejectedOfBatch:
    """The rejected records of one batch, each once; a record of the same key that follows takes its place."""

    found: dict[str, RejectedRecord] = field(default_factory=dict)

    def add(self, rejected: RejectedRecord) -> None:
        storable = _storable(rejected)
        self.found[_identity(storable)] = storable

    def readable(self, page: Page) -> list[Record]:
        """Takes the rejected records of a page; returns the others."""
        records = []
        for each in page:
            if isinstance(each, RejectedRecord):
                self.add(each)
            else:
                records.append(each)
                if self.found:
                    self.found.pop(each.key, None)
        return records

    def keys(self) -> list[str] | None:
        """Returns the keys of all rejected records; None if one of them is unknown."""
        keys = [each.key for each in self.found.values()]
        return keys if all(keys) else None


@dataclass(frozen=True)
class ReadAgain:
    """What a batch reads beside the days it replaces: the whole listing, or these keys."""

    is_whole: bool = False
    keys: Sequence[str] = ()


NOTHING = ReadAgain()


async def save(
    connection: psycopg.AsyncConnection,
    target: Mapping[str, object],
    rejected: RejectedOfBatch,
    days: DateRange | None,
    again: ReadAgain,
) -> None:
    """Saves the rejected records of a batch; removes entries whose records it read, or would have met."""
    values = {
        **target,
        "kept": list(rejected.found),
        "is_whole": again.is_whole,
        "keys": list(again.keys),
        "since": str(days.since) if days else None,
        "last_day": str(days.last_day) if days else None,
        "keyless_kept": KEYLESS_KEPT,
    }
    await connection.execute(DELETE, values)
    for each in list(rejected.found.values())[:MAX_LOGGED]:
        place = f"{target['source']} {target['account_id']} {target['stream']}"
        LOG.warning("%s: rejected %s: %s", place, each.key or "a record without a key", each.reason)
    if rejected.found:
        async with connection.cursor() as cursor:
            await cursor.executemany(UPSERT, [{**target, **each._asdict()} for each in rejected.found.values()])


async def due_keys(connection: psycopg.AsyncConnection, target: Mapping[str, object]) -> list[str]:
    """Returns the keys of rejected records to read again now."""
    values = {**target, "eager": EAGER_ATTEMPTS, "interval": REREAD_INTERVAL, "limit": MAX_REREAD}
    return [key async for (key,) in await connection.execute(DUE, values)]


def _storable(rejected: RejectedRecord) -> RejectedRecord:
    """Returns the entry as PostgreSQL can store it; a key that it cannot is unknown."""
    reason, excerpt = (_text(text) for text in (rejected.reason, rejected.excerpt))
    is_key = len(rejected.key) <= MAX_KEY_LENGTH and _text(rejected.key) == rejected.key
    return RejectedRecord(rejected.key if is_key else "", reason, excerpt[:MAX_EXCERPT_LENGTH])


def _text(text: str) -> str:
    return text.replace("\0", "").encode(errors="replace").decode()


def _identity(rejected: RejectedRecord) -> str:
    """Returns what the unique index of the table compares."""
    text = f"{rejected.reason}{rejected.excerpt}".encode()
    return rejected.key or hashlib.md5(text, usedforsecurity=False).hexdigest()
