"""Tells people about episodes that opened or closed, once per change, through their workspace's channels."""

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
from adsync.notifications.outbox import Delivery, Dispatcher, one_round

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
    """One episode, and the channels that its workspace wants."""

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
    def line(self) -> str:
        days = f"since {self.first_date}" if self.status == "open" else f"{self.first_date} to {self.last_date}"
        place = f"workspace={self.workspace_id} platform={self.platform} campaign={self.campaign_id}"
        return f"alert {self.status}: {self.type} ({self.severity}) {place} {days}: {self.message}"

    @property
    def parcel(self) -> Delivery:
        facts = {name: getattr(self, name) for name in FACTS}
        figures = {name: None if getattr(self, name) is None else str(getattr(self, name)) for name in FIGURES}
        subject = f"adsync: {self.type} {self.status} in {self.workspace_id}"
        return Delivery(
            "alert", self.alert_id, self.status, self.channels, Message(subject, self.line, facts | figures)
        )


def deliver(url: str, open_channel: ChannelFactory) -> int:
    """Hand every undelivered change to its channels; how many changes a channel took."""
    with one_round(url) as connection:
        carrier = Dispatcher(connection, open_channel)
        return sum(carrier.carry(alert.parcel) for alert in _undelivered(connection))


def _undelivered(connection: psycopg.Connection) -> list[Alert]:
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(UNDELIVERED).fetchall()
