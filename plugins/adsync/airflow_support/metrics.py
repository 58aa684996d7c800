"""What operators count for StatsD or OpenTelemetry, whichever Airflow's `[metrics]` settings name.

All carry the tag `source`. `adsync.calls`, `adsync.rows_seen`, `adsync.rows_changed`, `adsync.failures` (tag `error`)
are counters, `adsync.wait` (tag `error`) is the time until the next try, `adsync.lag` the age in seconds of the oldest
last success among a source's active accounts; an account that never had one counts from its first attempt.
"""

from __future__ import annotations

from airflow.sdk.observability import stats

from adsync.extract.results import ShardResult


def count(source: str, outcomes: ShardResult) -> None:
    """What one attempt at a shard did."""
    tags = {"source": source}
    counts = outcomes.counts()
    for name in ("calls", "rows_seen", "rows_changed"):
        stats.incr(f"adsync.{name}", counts[name], tags=tags)
    for each in outcomes.outcomes:
        if each.error and not each.elsewhere:
            wrong = {**tags, "error": type(each.error).__name__}
            stats.incr("adsync.failures", tags=wrong)
            if each.retry_in is not None:
                stats.timing("adsync.wait", each.retry_in, tags=wrong)


def lag(source: str, seconds: float | None) -> None:
    """How old a source's numbers are; None before its first attempt."""
    if seconds is not None:
        stats.gauge("adsync.lag", seconds, tags={"source": source})
