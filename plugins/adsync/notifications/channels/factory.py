"""Opens channels by name: `log`, or a connection id that starts with slack_, webhook_ or email_."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from adsync.errors import ConfigError
from adsync.models import Credentials
from adsync.notifications.channels import mail, webhook
from adsync.notifications.message import Channel, Message

LOG = logging.getLogger(__name__)
KINDS = {"slack": webhook.to_slack, "webhook": webhook.to_webhook, "email": mail.to_email}

ChannelFactory = Callable[[str], Channel]


def to_log(message: Message) -> None:
    LOG.warning("%s", message.text)


def open_channel(name: str, connection: Callable[[str], Credentials]) -> Channel:
    """Returns the channel of that name; raises ConfigError for an unknown channel or connection."""
    if name == "log":
        return to_log
    kind = name.partition("_")[0]
    if kind not in KINDS:
        raise ConfigError(
            f"unknown channel {name!r}: use `log` or a connection id starting with slack_, webhook_ or email_"
        )
    return partial(KINDS[kind], connection(name))
