"""The outbox: delivers every message once to each of its channels.

A delivery is recorded as soon as a channel has accepted the message, and only one process delivers at a time. If a
channel fails, its messages wait for the next run; other channels are not affected.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import psycopg

from adsync.errors import AdsyncError
from adsync.notifications.channels.factory import ChannelFactory
from adsync.notifications.message import Channel, Message
from adsync.warehouse.connection import connect_now

LOG = logging.getLogger(__name__)
LOCK_ID = 5_236_874_102
DELIVERED = "select channel from adsync.deliveries where subject = %s and subject_id = %s and status = %s"
RECORD = "insert into adsync.deliveries (subject, subject_id, status, channel) values (%s, %s, %s, %s)"
COMPLETE = {
    "alert": "update adsync.alerts set delivered_at = now() where alert_id = %s and status = %s",
    "notice": "update adsync.admin_notices set delivered_at = now() where notice_id = %s"
    " and case when closed_at is null then 'open' else 'closed' end = %s",
}


@dataclass(frozen=True)
class Delivery:
    """One message, the row it is about, and the names of its channels."""

    subject: Literal["alert", "notice"]
    subject_id: int
    status: Literal["open", "closed"]
    channels: Sequence[str]
    message: Message


@contextmanager
def delivery_lock(url: str) -> Iterator[psycopg.Connection]:
    """Yields an autocommit connection that holds the lock of deliveries; waits while another process holds it."""
    with connect_now(url) as connection:
        connection.autocommit = True
        connection.execute("select pg_advisory_lock(%s)", (LOCK_ID,))
        yield connection


@dataclass
class Dispatcher:
    """Dispatches deliveries under one lock; a channel that failed is not tried again."""

    connection: psycopg.Connection
    open_channel: ChannelFactory
    channels: dict[str, Channel | None] = field(default_factory=dict)

    def dispatch(self, delivery: Delivery) -> bool:
        """Sends to the channels that lack the message; returns whether any of them accepted it."""
        key = (delivery.subject, delivery.subject_id, delivery.status)
        delivered = {channel for (channel,) in self.connection.execute(DELIVERED, key)}
        missing = [name for name in dict.fromkeys(delivery.channels) if name not in delivered]
        accepted = [name for name in missing if self._send(name, delivery.message, key)]
        if accepted == missing:
            self.connection.execute(COMPLETE[delivery.subject], key[1:])
        return bool(accepted)

    def _send(self, name: str, message: Message, key: tuple[str, int, str]) -> bool:
        try:
            if (channel := self._channel(name)) is None:
                return False
            channel(message)
        except AdsyncError as error:
            LOG.warning("delivery to channel %s failed, retried in the next run: %s", name, error)
            self.channels[name] = None
            return False
        self.connection.execute(RECORD, (*key, name))
        return True

    def _channel(self, name: str) -> Channel | None:
        if name not in self.channels:
            self.channels[name] = self.open_channel(name)
        return self.channels[name]
