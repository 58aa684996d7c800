"""Tells people which accounts need them, once per episode, and once when that is over.

Who never heard of an episode does not hear of its end either.
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
from adsync.notifications.outbox import Delivery, Dispatcher, one_round

NEWS = """
select notice.notice_id, account.workspace_id, notice.platform, notice.account_id, account.name, notice.error_class,
    notice.message, notice.opened_at, case when notice.closed_at is null then 'open' else 'closed' end as status,
    array(
        select channel from adsync.deliveries
        where subject = 'notice' and subject_id = notice.notice_id and status = 'open'
    ) as told
from adsync.admin_notices as notice
inner join adsync.accounts as account on account.platform = notice.platform and account.native_id = notice.account_id
where notice.delivered_at is null
order by notice.notice_id
"""


@dataclass(frozen=True)
class AdminNotice:
    """An account that needs a person, or that has recovered; `told` are the channels that know of the first."""

    notice_id: int
    workspace_id: str
    platform: str
    account_id: str
    name: str | None
    error_class: str
    message: str
    opened_at: datetime
    status: Literal["open", "closed"]
    told: Sequence[str]

    @property
    def place(self) -> str:
        return f"{self.platform} {self.name or self.account_id} of workspace {self.workspace_id}"

    @property
    def text(self) -> str:
        if self.status == "closed":
            return f"{self.place} is up to date again (it stood still since {self.opened_at:%Y-%m-%d %H:%M} UTC)."
        return f"{self.place} stands still ({self.error_class}): {self.message}"

    def parcel(self, channels: Sequence[str]) -> Delivery:
        facts = {name: getattr(self, name) for name in ("workspace_id", "platform", "account_id", "error_class")}
        word = "needs you" if self.status == "open" else "has recovered"
        message = Message(f"adsync: {self.place} {word}", self.text, facts | {"status": self.status})
        wanted = channels if self.status == "open" else [name for name in channels if name in self.told]
        return Delivery("notice", self.notice_id, self.status, wanted, message)


def deliver(url: str, channels: Sequence[str], open_channel: ChannelFactory) -> int:
    """Tell the channels what is new; how many notices any of them took."""
    with one_round(url) as connection:
        carrier = Dispatcher(connection, open_channel)
        return sum(carrier.carry(notice.parcel(channels)) for notice in _news(connection))


def _news(connection: psycopg.Connection) -> list[AdminNotice]:
    with connection.cursor(row_factory=class_row(AdminNotice)) as cursor:
        return cursor.execute(NEWS).fetchall()
