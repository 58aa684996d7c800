"""Metrics for StatsD or OpenTelemetry, whichever Airflow's `[metrics]` settings configure; all have the tag `source`.

| metric | kind | value |
|---|---|---|
| `adsync.calls`, `adsync.rows_seen`, `adsync.rows_changed` | counter | per attempt at a shard |
| `adsync.failures` (tag `error`) | counter | failed attempts at an account |
| `adsync.wait` (tag `error`) | timer | time until the next attempt |
| `adsync.lag` | gauge | age in seconds of the oldest last success among a source's active accounts |

An account without any success counts from its first attempt.
"""

from __future__ import annotations

from airflow.sdk.observability import stats

from adsync.extract.results import ShardResult


def record_shard(source: str, result: ShardResult) -> None:
    """Counts the calls, rows and failures of one attempt at a shard."""
    tags = {"source": source}
    counts = result.counts()
    for name in ("calls", "rows_seen", "rows_changed"):
        stats.incr(f"adsync.{name}", counts[name], tags=tags)
    for account in result.accounts:
        if account.error and not account.leased_elsewhere:
            error_tags = {**tags, "error": type(account.error).__name__}
            stats.incr("adsync.failures", tags=error_tags)
            if account.retry_in is not None:
                stats.timing("adsync.wait", account.retry_in, tags=error_tags)


def record_lag(source: str, seconds: float | None) -> None:
    """Sets the lag of a source; None means that no account of it has been attempted yet."""
    if seconds is not None:
        stats.gauge("adsync.lag", seconds, tags={"source": source})
