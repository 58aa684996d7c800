"""Removes secrets from messages before they are logged or stored: platforms repeat in errors what was sent to them."""

from __future__ import annotations

import re
from base64 import b64encode

from adsync.errors import AdsyncError
from adsync.models import Credentials, Token

SECRET_KEY = re.compile("secret|token$|password|authorization", re.IGNORECASE)


def secrets_of(credentials: Credentials, token: Token) -> tuple[str, ...]:
    """Returns all secrets of a connection and its token."""
    hidden = (str(value) for key, value in credentials.extra.items() if SECRET_KEY.search(key))
    texts = (credentials.password, token.access, token.refresh, *token.extra.values(), *hidden)
    return tuple(text for text in (*texts, *_basic(credentials)) if text)


def _basic(credentials: Credentials) -> tuple[str, ...]:
    """Returns login and password as HTTP Basic sends them."""
    pair = f"{credentials.login}:{credentials.password}"
    return (b64encode(pair.encode()).decode(),) if credentials.login else ()


def redacted(text: str, credentials: Credentials, token: Token) -> str:
    for secret in secrets_of(credentials, token):
        text = text.replace(secret, "***")
    return text


def redact(error: AdsyncError, credentials: Credentials, token: Token) -> None:
    """Removes secrets from the message of an error."""
    error.args = (redacted(str(error), credentials, token),)
