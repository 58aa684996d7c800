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

MEANINGS = {
    "slack": "host is https://hooks.slack.com/services, password the rest of the webhook's URL",
    "webhook": "host is the URL that receives the messages",
    "email": "host is the SMTP server, and the extra holds the addresses `to` and `from`",
}

ChannelFactory = Callable[[str], Channel]


def to_log(message: Message) -> None:
    LOG.warning("%s", message.text)


# What the connection of a channel needs: one of each group, a field or a key of its extra; and the keys it may hold.
NEEDS = {
    "slack": ((("host",), ("password",)), ()),
    "webhook": ((("host",),), ()),
    "email": ((("host",), ("to",), ("from", "login")), ("to", "from", "security")),
}


def check_channel(name: str, connection: Callable[[str], Credentials]) -> None:
    """Raises ConfigError if the channel cannot be opened: an unknown name or connection, a missing or invalid field."""
    if name == "log":
        return
    kind, found = _kind(name), connection(name)
    groups, keys = NEEDS[kind]
    fields = {"host": found.host, "login": found.login, "password": found.password, **found.extra}
    for group in groups:
        if not any(fields.get(each) for each in group):
            raise ConfigError(f"missing {' or '.join(group)} in connection {name}: {MEANINGS[kind]}")
    if unknown := sorted(found.extra.keys() - keys):
        raise ConfigError(
            f"unknown key in the extra of connection {name}: {unknown[0]!r} (remove it, or correct its spelling)"
        )
    if kind == "email":
        mail.server_address(found)
    elif not found.host.startswith(("http://", "https://")):
        raise ConfigError(f"invalid host in connection {name}: use a full URL (https://...)")


def open_channel(name: str, connection: Callable[[str], Credentials]) -> Channel:
    """Returns the channel of that name; raises ConfigError for an unknown channel or connection."""
    if name == "log":
        return to_log
    return partial(KINDS[_kind(name)], connection(name))


def _kind(name: str) -> str:
    kind, mark, _ = name.partition("_")
    if kind not in KINDS or not mark:
        raise ConfigError(
            f"unknown channel {name!r}: use `log` or a connection id starting with slack_, webhook_ or email_"
        )
    return kind
