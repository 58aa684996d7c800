"""Results of a sync attempt: statistics for the log, and the error that says when to retry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from adsync.api.client import CallStats
from adsync.errors import AdsyncError
from adsync.load.raw_tables import LoadStats
from adsync.models import Account


class ShardFailed(AdsyncError):
    """Some accounts of a shard failed; the first of them may be retried after `retry_after` seconds.

    None: a retry would not help any of them.
    """

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class PendingReport:
    """A report that its platform is still preparing."""

    platform: str
    account_id: str
    conn_id: str
    report_id: str

    def __str__(self) -> str:
        return f"report {self.report_id} of {self.platform} {self.account_id}"


@dataclass(frozen=True)
class AccountResult:
    """One attempt at one account. Days are inclusive, in the account's time zone; None if no day was read.

    `leased_elsewhere`: another run was syncing the account. An hourly sync then does nothing; a run with requested
    days retries (`error`).
    """

    account: Account
    started_at: datetime
    seconds: float
    load_stats: LoadStats = field(default_factory=LoadStats)
    call_stats: CallStats = field(default_factory=CallStats)
    since: date | None = None
    through: date | None = None
    pending_report: PendingReport | None = None
    leased_elsewhere: bool = False
    notes: tuple[str, ...] = ()
    error: AdsyncError | None = None
    retry_in: timedelta | None = None

    @property
    def outcome(self) -> str:
        """The value of `adsync.sync_runs.outcome`."""
        if self.error is None:
            return "elsewhere" if self.leased_elsewhere else "waiting" if self.pending_report else "ok"
        return "failed" if self.retry_in is None else "retrying"

    @property
    def next_try(self) -> str | None:
        """The time of the next try in UTC, with the date if it is another day. Backoff starts after the attempt."""
        if self.retry_in is None:
            return None
        started = self.started_at.astimezone(UTC)
        moment = started + timedelta(seconds=self.seconds) + self.retry_in
        return f"{moment:%H:%M} UTC" if moment.date() == started.date() else f"{moment:%Y-%m-%d %H:%M} UTC"

    @property
    def summary(self) -> str:
        """One line for the log."""
        days = f"{self.since} to {self.through}, " if self.since else ""
        work = (
            f"{days}{self.call_stats.calls} calls, {self.load_stats.seen:,} rows seen, "
            f"{self.load_stats.changed:,} changed, {self.seconds:.1f} s{''.join(f'; {note}' for note in self.notes)}"
        )
        if self.leased_elsewhere and not self.error:
            return f"{self.account}: skipped, another run is syncing it"
        if self.pending_report:
            return f"{self.account}: waiting for report {self.pending_report.report_id}; {work}"
        if self.error is None:
            return f"{self.account}: ok; {work}"
        retry = f"next try {self.next_try}" if self.next_try else "no retry"
        return f"{self.account}: {type(self.error).__name__}, {retry}: {self.error}; {work}"

    def row(self, run_id: str) -> dict[str, object]:
        """Returns the row for `adsync.sync_runs`."""
        return {
            "run_id": run_id,
            "platform": self.account.platform,
            "account_id": self.account.account_id,
            "window_from": self.since,
            "window_until": self.through and self.through + timedelta(days=1),
            "calls": self.call_stats.calls,
            "rows_seen": self.load_stats.seen,
            "rows_changed": self.load_stats.changed,
            "bytes": self.call_stats.received,
            "started_at": self.started_at,
            "duration_seconds": self.seconds,
            "outcome": self.outcome,
            "error_class": type(self.error).__name__ if self.error else None,
            "error_message": str(self.error)[:1000] if self.error else None,
        }


@dataclass(frozen=True)
class ShardResult:
    """The results of a shard's accounts."""

    accounts: tuple[AccountResult, ...]

    @property
    def pending_reports(self) -> tuple[PendingReport, ...]:
        return tuple(each.pending_report for each in self.accounts if each.pending_report)

    @property
    def only_waiting_for_lease(self) -> bool:
        """Whether the only obstacle is that another run is syncing the unfinished accounts."""
        failed = [each for each in self.accounts if each.error]
        return bool(failed) and all(each.leased_elsewhere for each in failed)

    def updated(self, later: ShardResult) -> ShardResult:
        """Returns these results with those of a later attempt at some of the accounts."""
        newer = {each.account.account_id: each for each in later.accounts}
        return ShardResult(tuple(newer.get(each.account.account_id, each) for each in self.accounts))

    def counts(self) -> dict[str, int]:
        """Returns plain numbers for XCom."""
        return {
            "accounts": len(self.accounts),
            "calls": sum(each.call_stats.calls for each in self.accounts),
            "rows_seen": sum(each.load_stats.seen for each in self.accounts),
            "rows_changed": sum(each.load_stats.changed for each in self.accounts),
        }

    def raise_for_failures(self) -> None:
        """Raises ShardFailed, naming every failed account, if there is one."""
        failed = [each for each in self.accounts if each.error]
        if not failed:
            return
        delays = [each.retry_in.total_seconds() for each in failed if each.retry_in is not None]
        sentences = "; ".join(f"{each.account}: {each.error}" for each in failed)
        raise ShardFailed(f"{len(failed)} of {len(self.accounts)} accounts: {sentences}", min(delays, default=None))
