"""Syncs several accounts concurrently; each succeeds or fails by itself, each batch in a transaction of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import psycopg

from adsync import registry
from adsync.errors import AdsyncError, TemporaryError
from adsync.extract.account_sync import sync_account
from adsync.extract.context import SyncContext, SyncEnvironment, open_client
from adsync.extract.results import AccountResult, PendingReport, ShardResult
from adsync.load.batch import BatchWriter
from adsync.models import Account
from adsync.ranges import DateRange
from adsync.retry import retry_delay
from adsync.sources.base import Source
from adsync.state import accounts, leases, sync_runs
from adsync.state.sync_state import SyncStateStore
from adsync.warehouse.connection import connect

CONCURRENT_ACCOUNTS = 6
POLL_SECONDS = 10.0
MAX_POLLS = 30
# The lease of an account while its report is pending.
REPORT_LEASE = timedelta(minutes=10)
# A task may wake up a moment before its account's backoff ends.
WAKE_TOLERANCE = timedelta(seconds=5)
# Most accounts are synced within seconds.
BUSY_RETRY = timedelta(seconds=20)

OnResult = Callable[[AccountResult], None]


@dataclass(frozen=True)
class SyncRequest:
    """The accounts to sync and the run that does it; `days` replaces the planned scope.

    With `respect_backoff` an account that backs off after a failure is left alone. With `report_timed_out` a report
    that is still not ready counts as failed. `max_failures` is for callers that return by themselves and count no
    attempts: after so many failures in a row an account's failure is final, and a notice is opened.
    """

    source: str
    account_ids: tuple[str, ...]
    run_id: str
    attempt: int = 1
    final_attempt: bool = False
    days: DateRange | None = None
    respect_backoff: bool = True
    report_timed_out: bool = False
    max_failures: int | None = None


async def sync_until_reported(request: SyncRequest, environment: SyncEnvironment, on_result: OnResult) -> ShardResult:
    """Syncs and polls until asynchronous reports are ready, for callers without a scheduler."""
    result = await sync_accounts(request, environment, on_result)
    for poll in range(1, MAX_POLLS + 1):
        if not result.pending_reports:
            break
        await asyncio.sleep(POLL_SECONDS)
        pending = tuple(each.account_id for each in result.pending_reports)
        retry = replace(request, account_ids=pending, report_timed_out=poll == MAX_POLLS)
        result = result.updated(await sync_accounts(retry, environment, on_result))
    return result


async def sync_accounts(
    request: SyncRequest, environment: SyncEnvironment, on_result: OnResult = lambda _: None
) -> ShardResult:
    """Syncs every account of the request; failures are in the result, in `sync_state` and in `sync_runs`.

    `on_result` is called with each account's result as soon as it is known.
    """
    source = registry.load(request.source)
    listed = await asyncio.to_thread(accounts.load, environment.warehouse_url, source.name, request.account_ids)
    semaphore = asyncio.Semaphore(CONCURRENT_ACCOUNTS)

    async def sync_one(account: Account) -> AccountResult:
        async with semaphore:
            result = await attempt_account(source, account, request, environment)
            on_result(result)
            return result

    async with leases.renewed(environment.warehouse_url, source.name, request.account_ids, request.run_id):
        results = await asyncio.gather(*(sync_one(account) for account in listed), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return ShardResult(tuple(results))


async def attempt_account(
    source: Source, account: Account, request: SyncRequest, environment: SyncEnvironment
) -> AccountResult:
    """Makes one attempt at one account and saves its result, however it ended."""
    async with _open_store(account, request, environment) as store:
        if not await store.acquire_lease([stream.name for stream in source.streams]):
            if request.days:
                return _busy(account, environment.clock())
            result = AccountResult(account, environment.clock(), 0.0, leased_elsewhere=True)
        elif request.respect_backoff and (remaining := await store.backoff_remaining()) > WAKE_TOLERANCE:
            await store.release_lease()
            return _backing_off(account, environment.clock(), remaining)
        else:
            result = await _attempt(source, store, await _with_attempt_number(request, store), environment)
        if not store.connection.broken:
            await _save_result(store, source, result)
            return result
    async with _open_store(account, request, environment) as store:
        await _save_result(store, source, result)
    return result


async def _with_attempt_number(request: SyncRequest, store: SyncStateStore) -> SyncRequest:
    if request.max_failures is None:
        return request
    failures = await store.consecutive_failures()
    return replace(request, attempt=failures + 1, final_attempt=failures >= request.max_failures)


@asynccontextmanager
async def _open_store(
    account: Account, request: SyncRequest, environment: SyncEnvironment
) -> AsyncIterator[SyncStateStore]:
    async with connect(environment.warehouse_url) as connection:
        await connection.set_autocommit(True)
        yield SyncStateStore(connection, account, request.run_id)


async def _attempt(
    source: Source, store: SyncStateStore, request: SyncRequest, environment: SyncEnvironment
) -> AccountResult:
    result = AccountResult(store.account, environment.clock(), 0.0)
    started = time.monotonic()
    writer = BatchWriter(source.name, store, environment.clock)
    try:
        async with open_client(source, store.account, environment) as client:
            ctx = SyncContext(source, store.account, client, store, writer, environment.clock, request.days)
            error = await _error_of(sync_account(ctx)) or _timed_out(ctx.progress.pending_report, request)
    except AdsyncError as problem:
        return replace(result, error=problem, retry_in=_retry_in(problem, request))
    progress = ctx.progress
    return replace(
        result,
        seconds=time.monotonic() - started,
        load_stats=progress.stats,
        call_stats=client.stats,
        since=progress.since,
        through=progress.through,
        pending_report=progress.pending_report,
        notes=tuple(dict.fromkeys(progress.notes)),
        error=error,
        retry_in=_retry_in(error, request),
    )


async def _error_of(work: Awaitable[None]) -> AdsyncError | None:
    """Returns the error that ended the work, if it is one of ours or a lost connection to the warehouse."""
    try:
        await work
    except AdsyncError as error:
        return error
    except psycopg.OperationalError as error:
        return TemporaryError(f"lost connection to the warehouse: {str(error).splitlines()[0]}")
    return None


def _timed_out(report: PendingReport | None, request: SyncRequest) -> AdsyncError | None:
    return TemporaryError(f"{report} is still not ready") if report and request.report_timed_out else None


def _retry_in(error: AdsyncError | None, request: SyncRequest) -> timedelta | None:
    return None if error is None or request.final_attempt else retry_delay(error, request.attempt)


async def _save_result(store: SyncStateStore, source: Source, result: AccountResult) -> None:
    """Writes `sync_state` and `sync_runs` in one transaction; the state only if the account was leased."""
    async with store.connection.transaction():
        if not result.leased_elsewhere:
            await _update_state(store, source, result)
        await sync_runs.record(store.connection, result.row(store.owner))


async def _update_state(store: SyncStateStore, source: Source, result: AccountResult) -> None:
    if result.error:
        await store.mark_failed(result.error, result.retry_in)
    elif not result.pending_report:
        await store.mark_ok([stream.name for stream in source.streams])
    if result.pending_report:
        await store.renew_lease(REPORT_LEASE)
    else:
        await store.release_lease()


def _busy(account: Account, now: datetime) -> AccountResult:
    """Another run is syncing the account, but not the requested days: retried once its lease ends."""
    error = TemporaryError("another run is syncing it")
    return AccountResult(account, now, 0.0, leased_elsewhere=True, error=error, retry_in=BUSY_RETRY)


def _backing_off(account: Account, now: datetime, remaining: timedelta) -> AccountResult:
    """The account's own backoff is not over; its shard woke up for another account."""
    error = TemporaryError("still backing off after an earlier failure")
    return AccountResult(account, now, 0.0, error=error, retry_in=remaining)
