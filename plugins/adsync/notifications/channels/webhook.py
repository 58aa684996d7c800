"""Messages over HTTP: to a Slack webhook, and to any other address that takes JSON.

The address of a Slack webhook is itself a secret: it appears in no log and no error.
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
    """Host: https://hooks.slack.com/services; password: the rest of the webhook's address."""
    _post(connection, f"{connection.host.rstrip('/')}/{connection.password}".rstrip("/"), {"text": message.text}, {})


def to_webhook(connection: Credentials, message: Message) -> None:
    """Host: the whole address; password, if there is one, goes along as a bearer token."""
    headers = {"Authorization": f"Bearer {connection.password}"} if connection.password else {}
    body = {"subject": message.subject, "text": message.text, "facts": dict(message.facts)}
    _post(connection, connection.host, body, headers)


def _post(connection: Credentials, url: str, body: Mapping[str, object], headers: Mapping[str, str]) -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    name = connection.conn_id
    try:
        answer = httpx.post(url, json=body, headers=headers, timeout=TIMEOUT)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise ConfigError(f"connection {name}: its host is no URL: write it with https://") from error
    except httpx.HTTPError as error:
        raise TemporaryError(f"channel {name} cannot be reached ({type(error).__name__})") from error
    if not answer.is_success:
        raise TemporaryError(f"channel {name} did not take the message: HTTP {answer.status_code}")
