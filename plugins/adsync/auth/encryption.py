"""Secrets at rest: Fernet with the keys of ADSYNC_TOKEN_KEY. The newest key seals, every listed key opens."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from adsync import settings
from adsync.errors import ConfigError


def encrypt(secret: bytes) -> str:
    return _cipher().encrypt(secret).decode()


def decrypt(sealed: str) -> bytes:
    """The secret again; ConfigError when none of the keys sealed it."""
    try:
        return _cipher().decrypt(sealed.encode())
    except InvalidToken as error:
        raise ConfigError(
            "ADSYNC_TOKEN_KEY does not open what is stored in the warehouse: add the key that sealed it to the list"
        ) from error


def rotate(sealed: str) -> str | None:
    """The same secret under the newest key; None when that is the one that sealed it."""
    newest = Fernet(settings.token_keys()[0])
    try:
        newest.decrypt(sealed.encode())
    except InvalidToken:
        return encrypt(decrypt(sealed))
    return None


def _cipher() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in settings.token_keys()])
    except ValueError as error:
        raise ConfigError(
            "ADSYNC_TOKEN_KEY holds no valid Fernet key: make one with cryptography's Fernet.generate_key()"
        ) from error
