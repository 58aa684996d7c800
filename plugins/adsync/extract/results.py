"""What came of an attempt at some accounts: numbers for the log, and the error that says when to try again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from adsync.api.client import CallStats
from adsync.errors import AdsyncError
from adsync.load.raw_tables import LoadStats
from adsync.models import Account


class ShardFailed(AdsyncError):
    """Some accounts of a shard were not done; `retry_after` seconds from now the first may be tried again.

    None: none of them gets better by waiting.
    """

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class PendingReport:
    """A report that the platform still prepares."""

    platform: str
    account_id: str
    conn_id: str
    report_id: str

    def __str__(self) -> str:
        return f"report {self.report_id} of {self.platform} {self.account_id}"


@dataclass(frozen=True)
class AccountResult:
    """One account's attempt. Days are inclusive, in the account's zone; None when no day was read.

    `elsewhere`: another run was reading the account. A sync leaves it at that; who asked for days waits (`error`).
    """

    account: Account
    started_at: datetime
    seconds: float
    tally: LoadStats = field(default_factory=LoadStats)
    meter: CallStats = field(default_factory=CallStats)
    since: date | None = None
    through: date | None = None
    waiting: PendingReport | None = None
    elsewhere: bool = False
    notes: tuple[str, ...] = ()
    error: AdsyncError | None = None
    retry_in: timedelta | None = None

    @property
    def word(self) -> str:
        """As in `adsync.sync_runs.outcome`."""
        if self.error is None:
            return "elsewhere" if self.elsewhere else "waiting" if self.waiting else "ok"
        return "failed" if self.retry_in is None else "retrying"

    @property
    def next_try(self) -> str | None:
        """The time of day, in UTC; with the day when that is another one. The wait begins at the end of the attempt."""
        if self.retry_in is None:
            return None
        began = self.started_at.astimezone(UTC)
        moment = began + timedelta(seconds=self.seconds) + self.retry_in
        return f"{moment:%H:%M} UTC" if moment.date() == began.date() else f"{moment:%Y-%m-%d %H:%M} UTC"

    @property
    def line(self) -> str:
        """One line that a person can act on."""
        days = f"{self.since} to {self.through}, " if self.since else ""
        work = (
            f"{days}{self.meter.calls} calls, {self.tally.seen:,} rows seen, {self.tally.changed:,} changed, "
            f"{self.seconds:.1f} s{''.join(f'; {note}' for note in self.notes)}"
        )
        if self.elsewhere and not self.error:
            return f"{self.account}: another run reads it at the moment; nothing to do here"
        if self.waiting:
            return f"{self.account}: waits for report {self.waiting.report_id}; {work}"
        if self.error is None:
            return f"{self.account}: ok; {work}"
        again = f"next try {self.next_try}" if self.next_try else "not tried again"
        return f"{self.account}: {type(self.error).__name__}, {again}: {self.error}; {work}"

    def row(self, run_id: str) -> dict[str, object]:
        """The row of `adsync.sync_runs`."""
        return {
            "run_id": run_id,
            "platform": self.account.platform,
            "account_id": self.account.account_id,
            "window_from": self.since,
            "window_until": self.through and self.through + timedelta(days=1),
            "calls": self.meter.calls,
            "rows_seen": self.tally.seen,
            "rows_changed": self.tally.changed,
            "bytes": self.meter.received,
            "started_at": self.started_at,
            "duration_seconds": self.seconds,
            "outcome": self.word,
            "error_class": type(self.error).__name__ if self.error else None,
            "error_message": str(self.error)[:1000] if self.error else None,
        }


@dataclass(frozen=True)
class ShardResult:
    """What came of a shard."""

    outcomes: tuple[AccountResult, ...]

    @property
    def waiting(self) -> tuple[PendingReport, ...]:
        return tuple(each.waiting for each in self.outcomes if each.waiting)

    @property
    def only_busy(self) -> bool:
        """Whether nothing is wrong but that another run reads the accounts which are not done."""
        failed = [each for each in self.outcomes if each.error]
        return bool(failed) and all(each.elsewhere for each in failed)

    def updated(self, later: ShardResult) -> ShardResult:
        """With what a later attempt at some of the accounts brought."""
        newer = {each.account.account_id: each for each in later.outcomes}
        return ShardResult(tuple(newer.get(each.account.account_id, each) for each in self.outcomes))

    def counts(self) -> dict[str, int]:
        """Plain numbers, for XCom."""
        return {
            "accounts": len(self.outcomes),
            "calls": sum(each.meter.calls for each in self.outcomes),
            "rows_seen": sum(each.tally.seen for each in self.outcomes),
            "rows_changed": sum(each.tally.changed for each in self.outcomes),
        }

    def raise_for_failures(self) -> None:
        """Raise ShardFailed when an account was not done; it names every one of them."""
        failed = [each for each in self.outcomes if each.error]
        if not failed:
            return
        waits = [each.retry_in.total_seconds() for each in failed if each.retry_in is not None]
        sentences = "; ".join(f"{each.account}: {each.error}" for each in failed)
        raise ShardFailed(f"{len(failed)} of {len(self.outcomes)} accounts: {sentences}", min(waits, default=None))
