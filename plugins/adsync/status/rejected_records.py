"""Records of `raw.rejected_records`: what could not be read or stored, by account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg.rows import class_row
from rich.console import Console

from adsync.warehouse.connection import connect_now

MAX_SHOWN = 50
REJECTED = """
select
    account.workspace_id, rejected.source as platform, rejected.account_id, rejected.stream, rejected.record_key,
    rejected.reason, rejected.attempts, rejected.first_seen_at, count(*) over () as total
from raw.rejected_records as rejected
inner join adsync.accounts as account
    on rejected.source = account.platform and rejected.account_id = account.native_id
where account.is_active and (%(workspace)s::text is null or account.workspace_id = %(workspace)s)
order by rejected.last_seen_at desc, account.workspace_id, rejected.source, rejected.account_id, rejected.record_key
limit %(most)s
"""


@dataclass(frozen=True)
class RejectedRecord:
    """One record that is missing from raw, and why; `total` is the number of all."""

    workspace_id: str
    platform: str
    account_id: str
    stream: str
    record_key: str | None
    reason: str
    attempts: int
    first_seen_at: datetime
    total: int

    @property
    def line(self) -> str:
        since, key = self.first_seen_at.astimezone(UTC), self.record_key or "without a key"
        return (
            f"{self.workspace_id} {self.platform} {self.account_id} {self.stream} {key}: "
            f"{self.reason} (attempts: {self.attempts}, since {since:%Y-%m-%d %H:%M} UTC)"
        )


def list_rejected(url: str) -> list[RejectedRecord]:
    with connect_now(url) as connection:
        return read(connection)


def read(connection: psycopg.Connection, workspace: str | None = None) -> list[RejectedRecord]:
    """Returns the latest ones, of one workspace or of all."""
    with connection.cursor(row_factory=class_row(RejectedRecord)) as cursor:
        return cursor.execute(REJECTED, {"workspace": workspace, "most": MAX_SHOWN}).fetchall()


def show(rejected: Sequence[RejectedRecord], console: Console) -> None:
    """Prints one line per record; nothing if there is none."""
    if not rejected:
        return
    total = rejected[0].total
    shown = f", the latest {len(rejected)}" if total > len(rejected) else ""
    console.print(f"Rejected records ({total}{shown}); all others are loaded, and these are read again:", markup=False)
    for each in rejected:
        console.print(f"- {each.line}", markup=False)
