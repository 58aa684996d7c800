"""When a run is late, and who is told then: the channels of `ADSYNC_NOTIFY`."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference

from adsync.triggers.deadline import tell_admins


def within(hours: float, source: str | None = None) -> DeadlineAlert:
    """The run has to be over so many hours after it was queued."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=hours),
        callback=AsyncCallback(tell_admins, {"hours": hours, "source": source}),
        name=f"over within {hours:g} hours",
    )
