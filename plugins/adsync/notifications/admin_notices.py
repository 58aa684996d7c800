"""Admin notices: an account that requires action opens one, and its next successful sync closes it.

Both are delivered once to every channel. A channel that never received the opening does not receive the closing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row

from adsync.notifications.channels.factory import ChannelFactory
from adsync.notifications.message import Message
from adsync.notifications.outbox import Delivery, Dispatcher, delivery_lock

UNDELIVERED = """
select notice.notice_id, account.workspace_id, notice.platform, notice.account_id, account.name, notice.error_class,
    notice.message, notice.opened_at, case when notice.closed_at is null then 'open' else 'closed' end as status,
    array(
        select channel from adsync.deliveries
        where subject = 'notice' and subject_id = notice.notice_id and status = 'open'
    ) as notified_channels
from adsync.admin_notices as notice
inner join adsync.accounts as account on account.platform = notice.platform and account.native_id = notice.account_id
where notice.delivered_at is null
order by notice.notice_id
"""


@dataclass(frozen=True)
class AdminNotice:
    """A row of `adsync.admin_notices`; `notified_channels` are those that received the opening."""

    notice_id: int
    workspace_id: str
    platform: str
    account_id: str
    name: str | None
    error_class: str
    message: str
    opened_at: datetime
    status: Literal["open", "closed"]
    notified_channels: Sequence[str]

    @property
    def account(self) -> str:
        return f"{self.platform} account {self.name or self.account_id} (workspace {self.workspace_id})"

    @property
    def text(self) -> str:
        if self.status == "closed":
            return f"Sync resumed for {self.account}, stopped since {self.opened_at:%Y-%m-%d %H:%M} UTC"
        return f"Sync stopped for {self.account}: {self.error_class}: {self.message}"

    def to_delivery(self, channels: Sequence[str]) -> Delivery:
        facts = {name: getattr(self, name) for name in ("workspace_id", "platform", "account_id", "error_class")}
        title = "Action required" if self.status == "open" else "Resolved"
        message = Message(f"[adsync] {title}: {self.account}", self.text, facts | {"status": self.status})
        if self.status == "closed":
            channels = [name for name in channels if name in self.notified_channels]
        return Delivery("notice", self.notice_id, self.status, channels, message)


def deliver(url: str, channels: Sequence[str], open_channel: ChannelFactory) -> int:
    """Delivers undelivered notices; returns how many were accepted by at least one channel."""
    with delivery_lock(url) as connection:
        dispatcher = Dispatcher(connection, open_channel)
        return sum(dispatcher.dispatch(notice.to_delivery(channels)) for notice in _undelivered(connection))


def _undelivered(connection: psycopg.Connection) -> list[AdminNotice]:
    with connection.cursor(row_factory=class_row(AdminNotice)) as cursor:
        return cursor.execute(UNDELIVERED).fetchall()
