"""Hands messages to channels, each message once to each channel.

A mark is committed as soon as a channel has taken its message, and one round runs at a time; what a channel could
not take waits for the next round, and the other channels do not wait for it.
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
ONE_ROUND = 5_236_874_102
TOLD = "select channel from adsync.deliveries where subject = %s and subject_id = %s and status = %s"
TELL = "insert into adsync.deliveries (subject, subject_id, status, channel) values (%s, %s, %s, %s)"
DONE = {
    "alert": "update adsync.alerts set delivered_at = now() where alert_id = %s and status = %s",
    "notice": "update adsync.admin_notices set delivered_at = now() where notice_id = %s"
    " and case when closed_at is null then 'open' else 'closed' end = %s",
}


@dataclass(frozen=True)
class Delivery:
    """One message, what it is about, and the names of the channels that should carry it."""

    subject: Literal["alert", "notice"]
    subject_id: int
    status: Literal["open", "closed"]
    channels: Sequence[str]
    message: Message


@contextmanager
def one_round(url: str) -> Iterator[psycopg.Connection]:
    """A connection for one delivery round, whose every statement is committed; another round waits for its end."""
    with connect_now(url) as connection:
        connection.autocommit = True
        connection.execute("select pg_advisory_lock(%s)", (ONE_ROUND,))
        yield connection


@dataclass
class Dispatcher:
    """Carries parcels during one round; a channel that failed is not tried again in it."""

    connection: psycopg.Connection
    open_channel: ChannelFactory
    opened: dict[str, Channel | None] = field(default_factory=dict)

    def carry(self, parcel: Delivery) -> bool:
        """Whether any channel took the parcel that had not had it before."""
        about = (parcel.subject, parcel.subject_id, parcel.status)
        told = {channel for (channel,) in self.connection.execute(TOLD, about)}
        missing = [name for name in dict.fromkeys(parcel.channels) if name not in told]
        taken = [name for name in missing if self._handed(name, parcel.message, about)]
        if taken == missing:
            self.connection.execute(DONE[parcel.subject], about[1:])
        return bool(taken)

    def _handed(self, name: str, message: Message, about: tuple[str, int, str]) -> bool:
        try:
            if (channel := self._channel(name)) is None:
                return False
            channel(message)
        except AdsyncError as error:
            LOG.warning("messages for the channel %s wait for the next round: %s", name, error)
            self.opened[name] = None
            return False
        self.connection.execute(TELL, (*about, name))
        return True

    def _channel(self, name: str) -> Channel | None:
        if name not in self.opened:
            self.opened[name] = self.open_channel(name)
        return self.opened[name]
