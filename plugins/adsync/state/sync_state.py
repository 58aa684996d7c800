"""How far each stream of each account is, who reads it now, and what went wrong last.

A lease keeps two runs from reading one account at once. It is short and renewed while its owner lives,
so a killed run frees its accounts within LEASE. A unit commits only while its lease still holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from adsync.errors import AdsyncError, ReauthRequired, TemporaryError
from adsync.models import Account, AccountInfo
from adsync.state.stream_state import StreamState, SyncSettings

LEASE = timedelta(seconds=120)
LONGEST_MESSAGE = 1000

ENSURE_STREAMS = """
insert into adsync.sync_state (platform, account_id, stream)
select %(platform)s, %(account_id)s, unnest(%(streams)s::text[])
on conflict do nothing
"""
TAKE_LEASE = """
update adsync.sync_state set lease_owner = %(owner)s, lease_until = now() + %(lease)s, last_attempt_at = now()
where platform = %(platform)s and account_id = %(account_id)s
    and (lease_until is null or lease_until < now() or lease_owner = %(owner)s)
"""
RENEW_LEASE = """
update adsync.sync_state set lease_until = now() + %(lease)s
where platform = %(platform)s and account_id = %(account_id)s and lease_owner = %(owner)s
"""
END_LEASE = """
update adsync.sync_state set lease_owner = null, lease_until = null
where platform = %(platform)s and account_id = %(account_id)s and lease_owner = %(owner)s
"""
SELECT_COVERAGE = """
select covered_from as since, covered_through as through, cursor
from adsync.sync_state
where platform = %(platform)s and account_id = %(account_id)s and stream = %(stream)s
"""
SELECT_WAIT = """
select max(retry_at) - now() from adsync.sync_state
where platform = %(platform)s and account_id = %(account_id)s and status = 'retrying'
"""
SELECT_FAILURES = """
select coalesce(max(consecutive_failures), 0) from adsync.sync_state
where platform = %(platform)s and account_id = %(account_id)s
"""
SELECT_REACH = "select history_days, recent_days from adsync.workspaces where workspace_id = %s"
EXTEND = """
update adsync.sync_state set
    covered_from = coalesce(%(since)s, covered_from), covered_through = coalesce(%(through)s, covered_through),
    cursor = %(cursor)s, lease_until = clock_timestamp() + %(lease)s
where platform = %(platform)s and account_id = %(account_id)s and stream = %(stream)s and lease_owner = %(owner)s
"""
REMEMBER = """
update adsync.sync_state set cursor = %(cursor)s
where platform = %(platform)s and account_id = %(account_id)s and stream = %(stream)s and lease_owner = %(owner)s
"""
SUCCEED = """
update adsync.sync_state set status = 'ok', last_success_at = now(), consecutive_failures = 0,
    error_class = null, error_message = null, retry_at = null
where platform = %(platform)s and account_id = %(account_id)s and stream = any(%(streams)s)
    and lease_owner = %(owner)s
"""
FAIL = """
update adsync.sync_state set status = %(status)s, consecutive_failures = consecutive_failures + 1,
    error_class = %(error_class)s, error_message = %(message)s, retry_at = now() + %(delay)s
where platform = %(platform)s and account_id = %(account_id)s and lease_owner = %(owner)s
"""
OPEN_NOTICE = """
insert into adsync.admin_notices (platform, account_id, error_class, message)
values (%(platform)s, %(account_id)s, %(error_class)s, %(message)s)
on conflict (platform, account_id) where closed_at is null do nothing
"""
CLOSE_NOTICE = """
update adsync.admin_notices set closed_at = now(), delivered_at = null
where platform = %(platform)s and account_id = %(account_id)s and closed_at is null
"""
SAVE_FACTS = """
update adsync.accounts set name = %(name)s, currency = %(currency)s, timezone = %(timezone)s, updated_at = now()
where platform = %(platform)s and native_id = %(account_id)s
    and (name, currency, timezone) is distinct from (%(name)s, %(currency)s, %(timezone)s)
"""


@dataclass(frozen=True)
class SyncStateStore:
    """The state of one account, spoken to through one connection on behalf of one owner (a run)."""

    connection: psycopg.AsyncConnection
    account: Account
    owner: str

    def _key(self, **more: object) -> dict[str, object]:
        account = self.account
        return {
            "platform": account.platform,
            "account_id": account.account_id,
            "owner": self.owner,
            "lease": LEASE,
            **more,
        }

    async def take(self, streams: Collection[str]) -> bool:
        """Lease the account; False when another run reads it now."""
        await self.connection.execute(ENSURE_STREAMS, self._key(streams=list(streams)))
        taken = await self.connection.execute(TAKE_LEASE, self._key())
        return taken.rowcount > 0

    async def retry_in(self) -> timedelta:
        """How long the account still has to wait because of an earlier failure; zero when it does not."""
        row = await (await self.connection.execute(SELECT_WAIT, self._key())).fetchone()
        return max(row[0], timedelta()) if row and row[0] else timedelta()

    async def failures(self) -> int:
        """How many attempts have failed since the last that did not."""
        [failures] = await (await self.connection.execute(SELECT_FAILURES, self._key())).fetchone() or (0,)
        return failures

    async def keep(self, lease: timedelta = LEASE) -> None:
        await self.connection.execute(RENEW_LEASE, self._key(lease=lease))

    async def release(self) -> None:
        await self.connection.execute(END_LEASE, self._key())

    async def coverage(self, stream: str) -> StreamState:
        async with self.connection.cursor(row_factory=class_row(StreamState)) as cursor:
            found = await (await cursor.execute(SELECT_COVERAGE, self._key(stream=stream))).fetchone()
        return found or StreamState()

    async def reach(self) -> SyncSettings:
        async with self.connection.cursor(row_factory=class_row(SyncSettings)) as cursor:
            found = await (await cursor.execute(SELECT_REACH, (self.account.workspace_id,))).fetchone()
        if found is None:
            raise TemporaryError(f"{self.account}: its workspace is gone from adsync.workspaces")
        return found

    async def extend(self, stream: str, to: StreamState) -> None:
        """Write the coverage inside the unit's own transaction; TemporaryError when the lease was lost."""
        values = self._key(stream=stream, since=to.since, through=to.through, cursor=Jsonb(to.cursor))
        moved = await self.connection.execute(EXTEND, values)
        if moved.rowcount == 0:
            raise TemporaryError(
                f"{self.account}: another run took this account over; nothing of this unit was written"
            )

    async def remember(self, stream: str, cursor: dict[str, Any]) -> None:
        """Keep what a retry needs, such as the id of a report under way."""
        await self.connection.execute(REMEMBER, self._key(stream=stream, cursor=Jsonb(cursor)))

    async def save_facts(self, facts: AccountInfo) -> None:
        await self.connection.execute(SAVE_FACTS, self._key(**facts._asdict()))

    async def succeed(self, streams: Collection[str]) -> None:
        marked = await self.connection.execute(SUCCEED, self._key(streams=list(streams)))
        if marked.rowcount:
            await self.connection.execute(CLOSE_NOTICE, self._key())

    async def fail(self, error: AdsyncError, retry_in: timedelta | None) -> None:
        """Write down the failure; without a retry to come, a notice asks a person (once per episode).

        After the lease was lost nothing is written: how the account is, its new owner knows.
        """
        status = "retrying" if retry_in is not None else _final_status(error)
        details = {"error_class": type(error).__name__, "message": str(error)[:LONGEST_MESSAGE]}
        marked = await self.connection.execute(FAIL, self._key(status=status, delay=retry_in, **details))
        if marked.rowcount and retry_in is None:
            await self.connection.execute(OPEN_NOTICE, self._key(**details))


def _final_status(error: AdsyncError) -> str:
    return "reauth_required" if isinstance(error, ReauthRequired) else "failed"
