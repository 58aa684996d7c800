"""Deadlines of DAG runs; a missed one is reported to the channels of `ADSYNC_NOTIFY`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow.sdk import AsyncCallback, DeadlineAlert
from airflow.sdk.definitions.deadline import BaseDeadlineReference

from adsync.triggers.deadline import tell_admins

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class QueuedNow(BaseDeadlineReference):
    """The creation time of a run, which is when the run is queued. The plugin registers it by this class's name.

    Airflow workaround: with Airflow's own `DeadlineReference.DAGRUN_QUEUED_AT`, clearing a task fails with HTTP 500
    in 3.3.2 (apache/airflow#70368). It can be replaced once a release contains apache/airflow#70370. Until then a
    cleared run keeps the deadline of its first attempt.
    """

    def _evaluate_with(self, *, session: Session) -> datetime:  # noqa: ARG002 (Airflow passes it)
        return datetime.now(UTC)


def deadline_after(hours: float, source: str | None = None) -> DeadlineAlert:
    """Returns an alert for runs that are not finished `hours` after they were queued; `source` selects the accounts."""
    return DeadlineAlert(
        reference=QueuedNow(),
        interval=timedelta(hours=hours),
        callback=AsyncCallback(tell_admins, {"hours": hours, "source": source}),
        name=f"finished within {hours:g} hours",
    )
