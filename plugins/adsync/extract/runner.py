"""Bringing accounts up to date: several at once, each by itself, each unit in a transaction of its own.

A unit is one window of one stream: its rows, its state and its ledger become visible together or not at all.
"""

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
from adsync.extract.account_sync import AccountSync
from adsync.extract.context import SyncEnvironment, open_client
from adsync.extract.results import AccountResult, PendingReport, ShardResult
from adsync.models import Account
from adsync.ranges import DateRange
from adsync.retry import retry_delay
from adsync.sources.base import Source
from adsync.state import accounts, leases, sync_runs
from adsync.state.sync_state import SyncStateStore
from adsync.warehouse.connection import connect

CONCURRENT_ACCOUNTS = 6
POLL_SECONDS = 10.0
MOST_POLLS = 30
WAIT_FOR_REPORT = timedelta(minutes=10)
# A task may wake up a moment before the account it was woken for.
WAKE_TOLERANCE = timedelta(seconds=5)
# Most accounts are read within seconds.
BUSY_RETRY = timedelta(seconds=20)


@dataclass(frozen=True)
class SyncRequest:
    """Which accounts to bring up to date, on behalf of which run; `window` replaces the planned days.

    `patient` respects the waits that earlier failures asked for; `overdue` says that a report which is
    still not ready counts as failed. `most_failures` is for callers that come back by themselves and count no
    attempts: after so many in a row an account's failure is final, and a person is told.
    """

    source: str
    account_ids: tuple[str, ...]
    run_id: str
    attempt: int = 1
    final_attempt: bool = False
    window: DateRange | None = None
    patient: bool = True
    overdue: bool = False
    most_failures: int | None = None


Tell = Callable[[AccountResult], None]


async def sync_until_reported(request: SyncRequest, environment: SyncEnvironment, tell: Tell) -> ShardResult:
    """Sync, and stay until asynchronous reports are ready: for callers without a scheduler to wake them."""
    outcomes = await sync_accounts(request, environment, tell)
    for poll in range(1, MOST_POLLS + 1):
        if not outcomes.waiting:
            break
        await asyncio.sleep(POLL_SECONDS)
        waiting = tuple(each.account_id for each in outcomes.waiting)
        again = replace(request, account_ids=waiting, overdue=poll == MOST_POLLS)
        outcomes = outcomes.updated(await sync_accounts(again, environment, tell))
    return outcomes


async def sync_accounts(request: SyncRequest, environment: SyncEnvironment, tell: Tell = lambda _: None) -> ShardResult:
    """Sync every account of the request; what fails is in the outcomes, in the state and in the journal.

    `tell` is called with each account's outcome as soon as it is known.
    """
    source = registry.load(request.source)
    listed = await asyncio.to_thread(accounts.load, environment.warehouse_url, source.name, request.account_ids)
    gate = asyncio.Semaphore(CONCURRENT_ACCOUNTS)

    async def one(account: Account) -> AccountResult:
        async with gate:
            outcome = await sync_account(source, account, request, environment)
            tell(outcome)
            return outcome

    async with leases.kept(environment.warehouse_url, source.name, request.account_ids, request.run_id):
        done = await asyncio.gather(*(one(account) for account in listed), return_exceptions=True)
    for result in done:
        if isinstance(result, BaseException):
            raise result
    return ShardResult(tuple(done))


async def sync_account(
    source: Source, account: Account, request: SyncRequest, environment: SyncEnvironment
) -> AccountResult:
    """One attempt at one account, written into state and journal however it ended."""
    async with _ledger(account, request, environment) as ledger:
        if not await ledger.take([stream.name for stream in source.streams]):
            if request.window:
                return _not_now(account, environment.clock())
            outcome = AccountResult(account, environment.clock(), 0.0, elsewhere=True)
        elif request.patient and (wait := await ledger.retry_in()) > WAKE_TOLERANCE:
            await ledger.release()
            return _not_yet(account, environment.clock(), wait)
        else:
            outcome = await _attempt(source, ledger, await _counted(request, ledger), environment)
        if not ledger.connection.broken:
            await _settle(ledger, source, outcome)
            return outcome
    async with _ledger(account, request, environment) as ledger:
        await _settle(ledger, source, outcome)
    return outcome


async def _counted(request: SyncRequest, ledger: SyncStateStore) -> SyncRequest:
    if request.most_failures is None:
        return request
    failures = await ledger.failures()
    return replace(request, attempt=failures + 1, final_attempt=failures >= request.most_failures)


@asynccontextmanager
async def _ledger(
    account: Account, request: SyncRequest, environment: SyncEnvironment
) -> AsyncIterator[SyncStateStore]:
    async with connect(environment.warehouse_url) as connection:
        await connection.set_autocommit(True)
        yield SyncStateStore(connection, account, request.run_id)


async def _attempt(
    source: Source, ledger: SyncStateStore, request: SyncRequest, environment: SyncEnvironment
) -> AccountResult:
    outcome = AccountResult(ledger.account, environment.clock(), 0.0)
    began = time.monotonic()
    try:
        async with open_client(source, ledger.account, environment) as client:
            reader = AccountSync(source, ledger.account, client, ledger, environment.clock, request.window)
            error = await _error_of(reader.read()) or _overdue(reader.waiting, request)
    except AdsyncError as problem:
        return replace(outcome, error=problem, retry_in=_retry_in(problem, request))
    return replace(
        outcome,
        seconds=time.monotonic() - began,
        tally=reader.tally,
        meter=client.stats,
        since=reader.since,
        through=reader.through,
        waiting=reader.waiting,
        notes=tuple(dict.fromkeys(reader.notes)),
        error=error,
        retry_in=_retry_in(error, request),
    )


async def _error_of(work: Awaitable[None]) -> AdsyncError | None:
    """What stopped the work, if anything that was foreseen did."""
    try:
        await work
    except AdsyncError as error:
        return error
    except psycopg.OperationalError as error:
        return TemporaryError(f"the warehouse broke off: {str(error).splitlines()[0]}")
    return None


def _overdue(report: PendingReport | None, request: SyncRequest) -> AdsyncError | None:
    return TemporaryError(f"{report} is still not ready") if report and request.overdue else None


def _retry_in(error: AdsyncError | None, request: SyncRequest) -> timedelta | None:
    return None if error is None or request.final_attempt else retry_delay(error, request.attempt)


async def _settle(ledger: SyncStateStore, source: Source, outcome: AccountResult) -> None:
    """Write the outcome into state and journal, in one transaction; the state only of an account that was ours."""
    async with ledger.connection.transaction():
        if not outcome.elsewhere:
            await _mark(ledger, source, outcome)
        await sync_runs.record(ledger.connection, outcome.row(ledger.owner))


async def _mark(ledger: SyncStateStore, source: Source, outcome: AccountResult) -> None:
    if outcome.error:
        await ledger.fail(outcome.error, outcome.retry_in)
    elif not outcome.waiting:
        await ledger.succeed([stream.name for stream in source.streams])
    if outcome.waiting:
        await ledger.keep(WAIT_FOR_REPORT)
    else:
        await ledger.release()


def _not_now(account: Account, now: datetime) -> AccountResult:
    """An account that another run reads at the moment: its days are not the ones that were asked for."""
    busy = TemporaryError("another run reads it at the moment")
    return AccountResult(account, now, 0.0, elsewhere=True, error=busy, retry_in=BUSY_RETRY)


def _not_yet(account: Account, now: datetime, wait: timedelta) -> AccountResult:
    """An account whose own wait is not over: its shard was woken for another one."""
    return AccountResult(account, now, 0.0, error=TemporaryError("its own wait is not over"), retry_in=wait)
