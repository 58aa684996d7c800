"""Waits for asynchronous platform reports in the triggerer, which uses no worker slot.

Polls happen at fixed times counted from `started_at`, so a restarted triggerer continues with the remaining polls.
Connections are read through `sync_to_async`, because Airflow's asynchronous call fails in `airflow dags test`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

from adsync.errors import AdsyncError, PermanentError
from adsync.extract.async_report import poll_report
from adsync.extract.results import PendingReport
from adsync.hooks.environment import environment, now

Report = dict[str, str]


class ReportTrigger(BaseTrigger):
    """Fires once: `ready` (all reports), `failed` (one report, permanently) or `timeout` (after `max_polls` polls)."""

    def __init__(
        self, *, source: str, reports: Sequence[Report], poll_seconds: float, max_polls: int, started_at: str
    ) -> None:
        super().__init__()
        self.source = source
        self.reports = list(reports)
        self.poll_seconds = poll_seconds
        self.max_polls = max_polls
        self.started_at = started_at

    def serialize(self) -> tuple[str, dict[str, Any]]:
        names = ("source", "reports", "poll_seconds", "max_polls", "started_at")
        return "adsync.triggers.report.ReportTrigger", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        try:
            pending = await self.poll_until_ready()
        except PermanentError as error:
            yield _event("failed", str(error))
        else:
            yield _event("timeout", self.timeout_message(pending)) if pending else _event("ready", "all reports ready")

    async def poll_until_ready(self) -> list[Report]:
        """Returns the reports that are not ready after the last poll."""
        pending = self.reports
        async for _ in self.ticks():
            ready = await asyncio.gather(*(self.is_ready(report) for report in pending))
            pending = [report for report, done in zip(pending, ready, strict=True) if not done]
            if not pending:
                break
        return pending

    async def ticks(self) -> AsyncIterator[int]:
        """Yields the number of each remaining poll when it is due."""
        start = datetime.fromisoformat(self.started_at)
        for poll in range(1, self.max_polls + 1):
            wait = (start + timedelta(seconds=poll * self.poll_seconds) - now()).total_seconds()
            if wait > -self.poll_seconds or poll == self.max_polls:
                await asyncio.sleep(max(wait, 0))
                yield poll

    async def is_ready(self, report: Report) -> bool:
        """Polls once; an error that is not permanent counts as not ready."""
        try:
            return await poll_report(await sync_to_async(environment)(), PendingReport(**report))
        except PermanentError:
            raise
        except AdsyncError as error:
            self.log.warning("%s: poll failed, trying again at the next poll: %s", _name(report), error)
            return False

    def timeout_message(self, pending: Sequence[Report]) -> str:
        names = ", ".join(_name(report) for report in pending)
        return f"not ready after {self.max_polls} polls, one every {self.poll_seconds:g} s: {names}"


def _event(status: str, message: str) -> TriggerEvent:
    return TriggerEvent({"status": status, "message": message})


def _name(report: Report) -> str:
    return f"report {report['report_id']} of {report['platform']} {report['account_id']}"
