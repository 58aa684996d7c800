"""One task per shard: brings a few accounts of one source up to date.

Accounts succeed and fail separately, and what is done stays done: a retry, and a task that comes back from waiting
for a platform's report, only take up the accounts that this run has not finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, NoReturn

from airflow.sdk import BaseOperator, Context

from adsync.errors import TemporaryError
from adsync.hooks.surroundings import environment, now
from adsync.outcomes import Outcome, PendingReport
from adsync.report import account_names, enumerate_few
from adsync.runs import unfinished
from adsync.sync import SyncRequest, sync_accounts
from adsync.triggers.report import ReportTrigger
from adsync.window import Window

NAMED = 3


class SyncOperator(BaseOperator):
    """Syncs the accounts of `shard`; `since` and `until` (half-open days) replace the planned scope by a fixed one."""

    template_fields = ("since", "until")

    def __init__(
        self,
        *,
        source: str,
        shard: Sequence[str],
        poll_seconds: float = 10.0,
        max_polls: int = 30,
        since: str | None = None,
        until: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.shard = shard
        self.poll_seconds = poll_seconds
        self.max_polls = max_polls
        self.since = since
        self.until = until

    def execute(self, context: Context, event: dict[str, str] | None = None) -> dict[str, int]:
        """Sync what is unfinished, wait for reports without holding a worker, raise what could not be done."""
        surroundings = environment()
        overdue = event is not None and event["status"] != "ready"
        request = self.request(context, surroundings.warehouse_url, overdue=overdue)
        outcomes = asyncio.run(sync_accounts(request, surroundings, self.tell))
        self.name_in_grid(context, surroundings.warehouse_url)
        if outcomes.waiting:
            self.wait(outcomes.waiting, event)
        outcomes.raise_for_failures()
        return outcomes.counts()

    def request(self, context: Context, url: str, *, overdue: bool) -> SyncRequest:
        run_id, task = context["run_id"], context["ti"]
        return SyncRequest(
            source=self.source,
            account_ids=unfinished(url, self.source, self.shard, run_id),
            run_id=run_id,
            attempt=task.try_number,
            final_attempt=task.try_number > task.max_tries,
            window=self.window(),
            overdue=overdue,
        )

    def tell(self, outcome: Outcome) -> None:
        self.log.info(outcome.line)

    def wait(self, reports: Sequence[PendingReport], event: dict[str, str] | None) -> NoReturn:
        """Defer until the reports are ready; once the trigger has given up, leave it to the retry policy."""
        if event and event["status"] != "ready":
            raise TemporaryError(event["message"])
        trigger = ReportTrigger(
            source=self.source,
            reports=[asdict(report) for report in reports],
            poll_seconds=self.poll_seconds,
            max_polls=self.max_polls,
            started_at=now().isoformat(),
        )
        self.defer(trigger=trigger, method_name="execute")

    def window(self) -> Window | None:
        if not (self.since and self.until):
            return None
        return Window(date.fromisoformat(self.since), date.fromisoformat(self.until))

    def name_in_grid(self, context: Context, url: str) -> None:
        """Give `map_index_template` the accounts' names, which a first sync has only just learned."""
        names = account_names(url, self.source, self.shard)
        context["accounts"] = enumerate_few(names, NAMED, ", ")  # type: ignore[typeddict-unknown-key]
