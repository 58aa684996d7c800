"""When a run is late, and who is told then: the channels of `ADSYNC_NOTIFY`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow.sdk import AsyncCallback, DeadlineAlert
from airflow.sdk.definitions.deadline import BaseDeadlineReference

from adsync.triggers.deadline import tell_admins

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class QueuedNow(BaseDeadlineReference):
    """The time at which a run was made, which is when it is queued; the plugin registers it by this class's name.

    Airflow's own `DAGRUN_QUEUED_AT` says the same, but in 3.3.2 nobody can clear a task of a run that has it: the API
    answers 500 (apache/airflow#70368). A run that is cleared keeps the deadline of its first attempt.
    """

    def _evaluate_with(self, *, session: Session) -> datetime:  # noqa: ARG002 (Airflow passes it)
        return datetime.now(UTC)


def deadline_after(hours: float, source: str | None = None) -> DeadlineAlert:
    """The run has to be over so many hours after it was queued."""
    return DeadlineAlert(
        reference=QueuedNow(),
        interval=timedelta(hours=hours),
        callback=AsyncCallback(tell_admins, {"hours": hours, "source": source}),
        name=f"over within {hours:g} hours",
    )
