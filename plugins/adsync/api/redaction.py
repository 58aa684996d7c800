"""Takes secrets out of texts that people and tables will see: platforms repeat in their errors what they were sent."""

from __future__ import annotations

import re
from base64 import b64encode

from adsync.errors import AdsyncError
from adsync.models import Credentials, Token

SECRET_KEY = re.compile("secret|token$|password|authorization", re.IGNORECASE)


def secrets_of(credentials: Credentials, token: Token) -> tuple[str, ...]:
    """Every text of a connection and its token that must not appear anywhere."""
    hidden = (str(value) for key, value in credentials.extra.items() if SECRET_KEY.search(key))
    texts = (credentials.password, token.access, token.refresh, *token.extra.values(), *hidden)
    return tuple(text for text in (*texts, *_basic(credentials)) if text)


def _basic(credentials: Credentials) -> tuple[str, ...]:
    """Login and password as HTTP Basic sends them."""
    pair = f"{credentials.login}:{credentials.password}"
    return (b64encode(pair.encode()).decode(),) if credentials.login else ()


def redacted(text: str, credentials: Credentials, token: Token) -> str:
    for secret in secrets_of(credentials, token):
        text = text.replace(secret, "***")
    return text


def redact(error: AdsyncError, credentials: Credentials, token: Token) -> None:
    """Clean the message of an error that is on its way up."""
    error.args = (redacted(str(error), credentials, token),)
