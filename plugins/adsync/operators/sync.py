"""One task per shard: brings a few accounts of one source up to date, or reads days of theirs again.

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
from airflow.sdk.exceptions import AirflowRescheduleException

from adsync.airflow_support import metrics
from adsync.airflow_support.run_key import run_key
from adsync.errors import TemporaryError
from adsync.extract.results import AccountResult, PendingReport, ShardResult
from adsync.extract.runner import BUSY_RETRY, SyncRequest, sync_accounts
from adsync.hooks.environment import environment, now
from adsync.orchestration.run_summary import account_names
from adsync.orchestration.task_labels import label
from adsync.ranges import DateRange
from adsync.state.sync_runs import unfinished
from adsync.triggers.report import ReportTrigger

GRID_LABEL = "{{ label | default(task.title, true) | default(task.shard | join(', '), true) | truncate(240) }}"


class SyncOperator(BaseOperator):
    """Syncs the accounts of `shard`; `since` and `until` (half-open days) replace the planned scope by a fixed one.

    `title` names the accounts in the grid until there is more to tell.
    """

    template_fields = ("since", "until")

    def __init__(
        self,
        *,
        source: str,
        shard: Sequence[str],
        title: str = "",
        poll_seconds: float = 10.0,
        max_polls: int = 30,
        since: str | None = None,
        until: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.shard = shard
        self.title = title
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
        self.show(context, surroundings.warehouse_url, outcomes)
        if outcomes.waiting:
            self.wait(context, outcomes.waiting, event)
        if outcomes.only_busy:
            # Waiting for one's turn is no failure: it holds no worker and uses up no try.
            raise AirflowRescheduleException(now() + BUSY_RETRY)
        outcomes.raise_for_failures()
        return outcomes.counts()

    def request(self, context: Context, url: str, *, overdue: bool) -> SyncRequest:
        key, task, window = run_key(context), context["ti"], self.window()
        # Who clears a run that read fixed days wants them read again, though they were done.
        since = context["dag_run"].start_date if window else None
        return SyncRequest(
            source=self.source,
            account_ids=unfinished(url, self.source, self.shard, key, since),
            run_id=key,
            attempt=task.try_number,
            final_attempt=task.try_number > task.max_tries,
            window=window,
            overdue=overdue,
        )

    def tell(self, outcome: AccountResult) -> None:
        self.log.info(outcome.line)

    def show(self, context: Context, url: str, outcomes: ShardResult) -> None:
        """Count, and tell the grid how the accounts are, by the names that a first sync has only just learned."""
        metrics.count(self.source, outcomes)
        names = dict(zip(self.shard, account_names(url, self.source, self.shard), strict=True))
        context["label"] = label(outcomes.outcomes, names)  # type: ignore[typeddict-unknown-key]

    def wait(self, context: Context, reports: Sequence[PendingReport], event: dict[str, str] | None) -> NoReturn:
        """Defer until the reports are ready; once the trigger has given up, leave it to the retry policy."""
        if event and event["status"] != "ready":
            raise TemporaryError(event["message"])
        # Airflow renders the label of a task that fails or is done; one that defers takes what is here.
        context["ti"].rendered_map_index = context["label"]  # type: ignore[typeddict-item]
        trigger = ReportTrigger(
            source=self.source,
            reports=[asdict(report) for report in reports],
            poll_seconds=self.poll_seconds,
            max_polls=self.max_polls,
            started_at=now().isoformat(),
        )
        self.defer(trigger=trigger, method_name="execute")

    def window(self) -> DateRange | None:
        if not (self.since and self.until):
            return None
        return DateRange(date.fromisoformat(self.since), date.fromisoformat(self.until))
