"""Names to channels: a name is the id of an Airflow connection, and its first word says what kind it is.

`slack_ops`, `webhook_crm` and `email_owners` are three such names; `log` needs no connection.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from adsync.errors import ConfigError
from adsync.models import Credentials
from adsync.notifications.channels import mail, webhook
from adsync.notifications.message import Channel, Message

LOG = logging.getLogger(__name__)
KINDS = {"slack": webhook.to_slack, "webhook": webhook.to_webhook, "email": mail.to_mailbox}

ChannelFactory = Callable[[str], Channel]


def to_log(message: Message) -> None:
    LOG.warning("%s", message.text)


def open_channel(name: str, connection: Callable[[str], Credentials]) -> Channel:
    """The channel of that name; ConfigError when its kind or its connection does not exist."""
    if name == "log":
        return to_log
    kind = name.partition("_")[0]
    if kind not in KINDS:
        raise ConfigError(
            f"{name!r} is no channel: write log, or the id of a connection whose first word is one of "
            f"{', '.join(KINDS)}, such as slack_ops"
        )
    return partial(KINDS[kind], connection(name))
