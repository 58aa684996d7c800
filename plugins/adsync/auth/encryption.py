"""Encrypts secrets at rest: Fernet with the keys of ADSYNC_TOKEN_KEY. The newest encrypts, all decrypt."""

from __future__ import annotations

from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from adsync import settings
from adsync.errors import ConfigError


def check_keys() -> None:
    """Raises ConfigError if a key is missing or invalid."""
    _keyring()


def encrypt(secret: bytes) -> str:
    return _keyring().encrypt(secret).decode()


def decrypt(encrypted: str) -> bytes:
    """Returns the secret; ConfigError if it was encrypted with a key that is not listed."""
    try:
        return _keyring().decrypt(encrypted.encode())
    except InvalidToken as error:
        raise _unknown_key() from error


def rotate(encrypted: str) -> str | None:
    """Returns the secret encrypted with the newest key; None if it already is."""
    keyring = _keyring()
    with suppress(InvalidToken):
        Fernet(settings.token_keys()[0]).decrypt(encrypted.encode())
        return None
    try:
        return keyring.rotate(encrypted.encode()).decode()
    except InvalidToken as error:
        raise _unknown_key() from error


def _keyring() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in settings.token_keys()])
    except ValueError as error:
        raise ConfigError(
            "invalid key in ADSYNC_TOKEN_KEY (expected Fernet keys; create one with cryptography's "
            "Fernet.generate_key())"
        ) from error


def _unknown_key() -> ConfigError:
    return ConfigError(
        "cannot decrypt stored secrets: none of the keys in ADSYNC_TOKEN_KEY matches; add the key they were encrypted "
        "with"
    )
