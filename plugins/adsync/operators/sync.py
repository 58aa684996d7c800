"""SyncOperator: one task per shard, which syncs or restates a few accounts of one source.

Accounts succeed and fail separately. A retry, or a task that resumes after waiting for a report, processes only the
accounts that this run has not finished.
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
from adsync.airflow_support.run_context import run_key
from adsync.errors import TemporaryError
from adsync.extract.results import AccountResult, PendingReport, ShardResult
from adsync.extract.runner import BUSY_RETRY, SyncRequest, sync_accounts
from adsync.hooks.environment import environment, now
from adsync.orchestration.run_summary import account_names
from adsync.orchestration.task_labels import task_label
from adsync.ranges import DateRange
from adsync.state.sync_runs import unfinished
from adsync.triggers.report import ReportTrigger

GRID_LABEL = "{{ label | default(task.title, true) | default(task.shard | join(', '), true) | truncate(240) }}"


class SyncOperator(BaseOperator):
    """Syncs the accounts of `shard`; `since` and `until` (half-open days) replace the planned scope.

    `title` is the label in the grid until the first attempt has a result.
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
        """Syncs the unfinished accounts; defers while reports are pending; raises ShardFailed for failed accounts."""
        sync_environment = environment()
        timed_out = event is not None and event["status"] != "ready"
        request = self.request(context, sync_environment.warehouse_url, timed_out=timed_out)
        result = asyncio.run(sync_accounts(request, sync_environment, self.log_result))
        self.publish(context, sync_environment.warehouse_url, result)
        if result.pending_reports:
            self.defer_until_ready(context, result.pending_reports, event)
        if result.only_waiting_for_lease:
            # Waiting for another run's lease is no failure: a reschedule frees the worker and uses no retry.
            raise AirflowRescheduleException(now() + BUSY_RETRY)
        result.raise_for_failures()
        return result.counts()

    def request(self, context: Context, url: str, *, timed_out: bool) -> SyncRequest:
        key, task, days = run_key(context), context["ti"], self.fixed_days()
        # If a run of fixed days is cleared, its finished accounts are read again as well.
        since = context["dag_run"].start_date if days else None
        return SyncRequest(
            source=self.source,
            account_ids=unfinished(url, self.source, self.shard, key, since),
            run_id=key,
            attempt=task.try_number,
            final_attempt=task.try_number > task.max_tries,
            days=days,
            report_timed_out=timed_out,
        )

    def log_result(self, result: AccountResult) -> None:
        self.log.info(result.summary)

    def publish(self, context: Context, url: str, result: ShardResult) -> None:
        """Records metrics and sets the grid label; names are read again, because a first sync has just stored them."""
        metrics.record_shard(self.source, result)
        names = dict(zip(self.shard, account_names(url, self.source, self.shard), strict=True))
        context["label"] = task_label(result.accounts, names)  # type: ignore[typeddict-unknown-key]

    def defer_until_ready(
        self, context: Context, reports: Sequence[PendingReport], event: dict[str, str] | None
    ) -> NoReturn:
        """Defers until the reports are ready; if the trigger has given up, raises TemporaryError for a retry."""
        if event and event["status"] != "ready":
            raise TemporaryError(event["message"])
        # Airflow renders the label when a task succeeds or fails; for a deferral it takes this attribute.
        context["ti"].rendered_map_index = context["label"]  # type: ignore[typeddict-item]
        trigger = ReportTrigger(
            source=self.source,
            reports=[asdict(report) for report in reports],
            poll_seconds=self.poll_seconds,
            max_polls=self.max_polls,
            started_at=now().isoformat(),
        )
        self.defer(trigger=trigger, method_name="execute")

    def fixed_days(self) -> DateRange | None:
        if not (self.since and self.until):
            return None
        return DateRange(date.fromisoformat(self.since), date.fromisoformat(self.until))
