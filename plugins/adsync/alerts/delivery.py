"""Delivers alerts that opened or closed, once per change, to the channels of their workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import psycopg
from psycopg.rows import class_row

from adsync.notifications.channels.factory import ChannelFactory
from adsync.notifications.message import Message
from adsync.notifications.outbox import Delivery, Dispatcher, delivery_lock

UNDELIVERED = """
    select
        alert.alert_id, alert.workspace_id, alert.platform, alert.campaign_id, alert.type, alert.severity,
        alert.status, alert.message, alert.current, alert.baseline, alert.threshold, alert.first_date,
        alert.last_date, coalesce(workspace.alerts -> 'channels', '["log"]') as channels
    from adsync.alerts as alert
    inner join adsync.workspaces as workspace using (workspace_id)
    where alert.delivered_at is null
    order by alert.alert_id
"""
FACTS = ("workspace_id", "platform", "campaign_id", "type", "severity", "status", "message")
FIGURES = ("current", "baseline", "threshold", "first_date", "last_date")


@dataclass(frozen=True)
class Alert:
    """A row of `adsync.alerts`, with the channels of its workspace."""

    alert_id: int
    workspace_id: str
    platform: str
    campaign_id: str
    type: str
    severity: str
    status: Literal["open", "closed"]
    message: str
    current: Decimal | None
    baseline: Decimal | None
    threshold: Decimal | None
    first_date: date
    last_date: date
    channels: Sequence[str]

    @property
    def text(self) -> str:
        days = f"since {self.first_date}" if self.status == "open" else f"{self.first_date} to {self.last_date}"
        campaign = f"workspace={self.workspace_id} platform={self.platform} campaign={self.campaign_id}"
        return f"alert {self.status}: {self.type} ({self.severity}) {campaign} {days}: {self.message}"

    def to_delivery(self) -> Delivery:
        facts = {name: getattr(self, name) for name in FACTS}
        figures = {name: None if getattr(self, name) is None else str(getattr(self, name)) for name in FIGURES}
        message = Message(
            f"[adsync] Alert {self.status}: {self.type} (workspace {self.workspace_id})", self.text, facts | figures
        )
        return Delivery("alert", self.alert_id, self.status, self.channels, message)


def deliver(url: str, open_channel: ChannelFactory) -> int:
    """Delivers undelivered alerts; returns how many were accepted by at least one channel."""
    with delivery_lock(url) as connection:
        dispatcher = Dispatcher(connection, open_channel)
        return sum(dispatcher.dispatch(alert.to_delivery()) for alert in _undelivered(connection))


def _undelivered(connection: psycopg.Connection) -> list[Alert]:
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(UNDELIVERED).fetchall()
