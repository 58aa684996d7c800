"""Sends messages as JSON over HTTP, to a Slack webhook or to any other URL.

The URL of a Slack webhook is a secret: it appears in no log and no error.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import httpx

from adsync.errors import ConfigError, TemporaryError
from adsync.models import Credentials
from adsync.notifications.message import Message

TIMEOUT = 10.0


def to_slack(connection: Credentials, message: Message) -> None:
    """Connection: host is https://hooks.slack.com/services, password the rest of the webhook's URL."""
    _post(connection, f"{connection.host.rstrip('/')}/{connection.password}".rstrip("/"), {"text": message.text}, {})


def to_webhook(connection: Credentials, message: Message) -> None:
    """Connection: host is the URL; a password, if set, is sent as a bearer token."""
    headers = {"Authorization": f"Bearer {connection.password}"} if connection.password else {}
    body = {"subject": message.subject, "text": message.text, "facts": dict(message.facts)}
    _post(connection, connection.host, body, headers)


def _post(connection: Credentials, url: str, body: Mapping[str, object], headers: Mapping[str, str]) -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    name = connection.conn_id
    try:
        response = httpx.post(url, json=body, headers=headers, timeout=TIMEOUT)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise ConfigError(f"invalid host in connection {name}: use a full URL (https://...)") from error
    except httpx.HTTPError as error:
        raise TemporaryError(f"channel {name} is unreachable ({type(error).__name__})") from error
    if not response.is_success:
        raise TemporaryError(f"channel {name} rejected the message: HTTP {response.status_code}")
