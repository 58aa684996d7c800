"""Tells people which accounts wait for them, from the callbacks of tasks.

Which channels, `ADSYNC_NOTIFY` says; what was told before is not told again, however often the callback runs.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseNotifier, Context

from adsync import settings
from adsync.hooks.environment import open_channel
from adsync.hooks.warehouse import warehouse_url
from adsync.notifications import admin_notices


class AdminNotifier(BaseNotifier):
    """Delivers every admin notice that is new or over."""

    # Airflow hands its context to every notifier; what there is to tell is in the warehouse.
    def notify(self, context: Context) -> None:  # noqa: ARG002
        told = admin_notices.deliver(warehouse_url(), settings.notify_channels(), open_channel)
        self.log.info("%d notices delivered", told)


def tell_admins() -> dict[str, Any]:
    """Arguments for the task that ends a run."""
    return {"on_failure_callback": AdminNotifier(), "on_success_callback": AdminNotifier()}
