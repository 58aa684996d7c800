"""Delivers admin notices from task callbacks, to the channels of `ADSYNC_NOTIFY`.

A notice is delivered once per channel and episode, however often the callback runs.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseNotifier, Context

from adsync import settings
from adsync.hooks.environment import open_channel
from adsync.hooks.warehouse import warehouse_url
from adsync.notifications import admin_notices


class AdminNotifier(BaseNotifier):
    """Delivers every admin notice that was opened or resolved since the last delivery."""

    # Airflow passes its context to every notifier; the notices are in the warehouse.
    def notify(self, context: Context) -> None:  # noqa: ARG002
        delivered = admin_notices.deliver(warehouse_url(), settings.notify_channels(), open_channel)
        self.log.info("%d admin notices delivered", delivered)


def admin_callbacks() -> dict[str, Any]:
    """Returns the arguments of a DAG's last task that deliver notices, whether the task succeeds or fails."""
    return {"on_failure_callback": AdminNotifier(), "on_success_callback": AdminNotifier()}
