"""The table `adsync.sync_state`: how far each stream is, which run holds the account's lease, and the last error.

A lease keeps two runs from syncing one account at once. It is short and renewed while its run lives, so that a killed
run frees its accounts within LEASE. A batch commits only while the lease holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
MAX_MESSAGE_LENGTH = 1000

ENSURE_STREAMS = """
insert into adsync.sync_state (platform, account_id, stream)
select %(platform)s, %(account_id)s, unnest(%(streams)s::text[])
on conflict do nothing
"""
ACQUIRE_LEASE = """
update adsync.sync_state set lease_owner = %(owner)s, lease_until = now() + %(lease)s, last_attempt_at = now()
where platform = %(platform)s and account_id = %(account_id)s
    and (lease_until is null or lease_until < now() or lease_owner = %(owner)s)
"""
RENEW_LEASE = """
update adsync.sync_state set lease_until = now() + %(lease)s
where platform = %(platform)s and account_id = %(account_id)s and lease_owner = %(owner)s
"""
RELEASE_LEASE = """
update adsync.sync_state set lease_owner = null, lease_until = null
where platform = %(platform)s and account_id = %(account_id)s and lease_owner = %(owner)s
"""
SELECT_STATE = """
select covered_from as since, covered_through as through, cursor
from adsync.sync_state
where platform = %(platform)s and account_id = %(account_id)s and stream = %(stream)s
"""
SELECT_BACKOFF = """
select max(retry_at) - now() from adsync.sync_state
where platform = %(platform)s and account_id = %(account_id)s and status = 'retrying'
"""
SELECT_FAILURES = """
select coalesce(max(consecutive_failures), 0) from adsync.sync_state
where platform = %(platform)s and account_id = %(account_id)s
"""
SELECT_SETTINGS = "select history_days, recent_days from adsync.workspaces where workspace_id = %s"
COMMIT_STATE = """
update adsync.sync_state set
    covered_from = coalesce(%(since)s, covered_from), covered_through = coalesce(%(through)s, covered_through),
    cursor = %(cursor)s, lease_until = clock_timestamp() + %(lease)s
where platform = %(platform)s and account_id = %(account_id)s and stream = %(stream)s and lease_owner = %(owner)s
"""
SAVE_CURSOR = """
update adsync.sync_state set cursor = %(cursor)s
where platform = %(platform)s and account_id = %(account_id)s and stream = %(stream)s and lease_owner = %(owner)s
"""
MARK_OK = """
update adsync.sync_state set status = 'ok', last_success_at = now(), consecutive_failures = 0,
    error_class = null, error_message = null, retry_at = null
where platform = %(platform)s and account_id = %(account_id)s and stream = any(%(streams)s)
    and lease_owner = %(owner)s
"""
MARK_FAILED = """
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
SAVE_ACCOUNT_INFO = """
update adsync.accounts set name = %(name)s, currency = %(currency)s, timezone = %(timezone)s, updated_at = now()
where platform = %(platform)s and native_id = %(account_id)s
    and (name, currency, timezone) is distinct from (%(name)s, %(currency)s, %(timezone)s)
"""


@dataclass(frozen=True)
class SyncStateStore:
    """The state of one account, through one connection, for one lease owner (a run).

    Everything but `get`, `settings` and the backoff is written only while the owner holds the lease.
    """

    connection: psycopg.AsyncConnection
    account: Account
    owner: str

    def _values(self, **more: object) -> dict[str, object]:
        account = self.account
        return {
            "platform": account.platform,
            "account_id": account.account_id,
            "owner": self.owner,
            "lease": LEASE,
            **more,
        }

    async def acquire_lease(self, streams: Collection[str]) -> bool:
        """Leases the account; False if another run holds the lease."""
        await self.connection.execute(ENSURE_STREAMS, self._values(streams=list(streams)))
        acquired = await self.connection.execute(ACQUIRE_LEASE, self._values())
        return acquired.rowcount > 0

    async def renew_lease(self, lease: timedelta = LEASE) -> None:
        """Extends the lease, from now."""
        await self.connection.execute(RENEW_LEASE, self._values(lease=lease))

    async def release_lease(self) -> None:
        """Ends the lease."""
        await self.connection.execute(RELEASE_LEASE, self._values())

    async def backoff_remaining(self) -> timedelta:
        """Returns how long the account still backs off after a failure; zero if it does not."""
        row = await (await self.connection.execute(SELECT_BACKOFF, self._values())).fetchone()
        return max(row[0], timedelta()) if row and row[0] else timedelta()

    async def consecutive_failures(self) -> int:
        """Returns the number of failed attempts since the last successful one."""
        [failures] = await (await self.connection.execute(SELECT_FAILURES, self._values())).fetchone() or (0,)
        return failures

    async def settings(self) -> SyncSettings:
        """Returns the workspace's settings; TemporaryError if the workspace was deleted meanwhile."""
        async with self.connection.cursor(row_factory=class_row(SyncSettings)) as cursor:
            found = await (await cursor.execute(SELECT_SETTINGS, (self.account.workspace_id,))).fetchone()
        if found is None:
            raise TemporaryError(f"unknown workspace of {self.account}: it is missing from adsync.workspaces")
        return found

    async def get(self, stream: str) -> StreamState:
        """Returns the stream's state; an empty one before the first sync."""
        async with self.connection.cursor(row_factory=class_row(StreamState)) as cursor:
            found = await (await cursor.execute(SELECT_STATE, self._values(stream=stream))).fetchone()
        return found or StreamState()

    async def commit(self, stream: str, state: StreamState) -> None:
        """Writes the state inside the batch's own transaction; TemporaryError if the lease was lost."""
        values = self._values(stream=stream, since=state.since, through=state.through, cursor=_json(state.cursor))
        updated = await self.connection.execute(COMMIT_STATE, values)
        if updated.rowcount == 0:
            raise TemporaryError(f"{self.account}: lease lost to another run; this batch was rolled back")

    async def save_cursor(self, stream: str, cursor: Mapping[str, Any]) -> None:
        """Writes the cursor alone, for what a retry needs, such as the id of a pending report."""
        await self.connection.execute(SAVE_CURSOR, self._values(stream=stream, cursor=_json(cursor)))

    async def save_account_info(self, info: AccountInfo) -> None:
        """Writes name, currency and time zone if they differ."""
        await self.connection.execute(SAVE_ACCOUNT_INFO, self._values(**info._asdict()))

    async def mark_ok(self, streams: Collection[str]) -> None:
        """Resets the error state and closes the account's notice."""
        marked = await self.connection.execute(MARK_OK, self._values(streams=list(streams)))
        if marked.rowcount:
            await self.connection.execute(CLOSE_NOTICE, self._values())

    async def mark_failed(self, error: AdsyncError, retry_in: timedelta | None) -> None:
        """Saves a failure; if it is not retried, opens a notice for an admin (once per episode).

        If the lease was lost, nothing is written: the account's new owner knows its state.
        """
        status = "retrying" if retry_in is not None else _final_status(error)
        details = {"error_class": type(error).__name__, "message": str(error)[:MAX_MESSAGE_LENGTH]}
        marked = await self.connection.execute(MARK_FAILED, self._values(status=status, delay=retry_in, **details))
        if marked.rowcount and retry_in is None:
            await self.connection.execute(OPEN_NOTICE, self._values(**details))


def _json(cursor: Mapping[str, Any]) -> Jsonb:
    return Jsonb(dict(cursor))


def _final_status(error: AdsyncError) -> str:
    return "reauth_required" if isinstance(error, ReauthRequired) else "failed"
