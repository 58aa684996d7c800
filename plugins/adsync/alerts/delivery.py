"""Tells people about episodes that opened or closed, once per change, through their workspace's channels.

A channel is a function of an Alert. One that nobody has written yet is named in a warning, and what only it could
have carried stays undelivered until it exists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import psycopg
from psycopg.rows import class_row

from adsync.warehouse import connect_now

LOG = logging.getLogger(__name__)
# An alert stays locked until it is marked: two deliveries at once must not both send it.
UNDELIVERED = """
    select
        alert.alert_id, alert.workspace_id, alert.platform, alert.campaign_id, alert.type, alert.severity,
        alert.status, alert.message, alert.current, alert.baseline, alert.threshold, alert.first_date,
        alert.last_date, coalesce(workspace.alerts -> 'channels', '["log"]') as channels
    from adsync.alerts as alert
    inner join adsync.workspaces as workspace using (workspace_id)
    where alert.delivered_at is null
    order by alert.alert_id
    for update of alert skip locked
"""
DELIVERED = "update adsync.alerts set delivered_at = now() where alert_id = any(%s)"


@dataclass(frozen=True)
class Alert:
    """One episode, as a channel gets it."""

    alert_id: int
    workspace_id: str
    platform: str
    campaign_id: str
    type: str
    severity: str
    status: str
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


Channel = Callable[[Alert], None]


def to_log(alert: Alert) -> None:
    LOG.warning("%s", alert.line)


CHANNELS: Mapping[str, Channel] = {"log": to_log}


def deliver(url: str, channels: Mapping[str, Channel] = CHANNELS) -> int:
    """Hand every undelivered change to the channels that exist; how many changes found one."""
    with connect_now(url) as connection:
        alerts = _undelivered(connection)
        _warn_of_unknown(alerts, channels)
        done = [alert.alert_id for alert in alerts if _hand_over(alert, channels)]
        connection.execute(DELIVERED, (done,))
    return len(done)


def _undelivered(connection: psycopg.Connection) -> list[Alert]:
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(UNDELIVERED).fetchall()


def _warn_of_unknown(alerts: Sequence[Alert], channels: Mapping[str, Channel]) -> None:
    wanted = {(alert.workspace_id, name) for alert in alerts for name in alert.channels if name not in channels}
    for workspace, name in sorted(wanted):
        LOG.warning(
            "workspace %s wants alerts on %r, which is no channel; known: %s", workspace, name, ", ".join(channels)
        )


def _hand_over(alert: Alert, channels: Mapping[str, Channel]) -> bool:
    known = [channels[name] for name in alert.channels if name in channels]
    for send in known:
        send(alert)
    return bool(known)
