from __future__ import annotations

import pytest

from adsync.auth import encryption
from adsync.errors import ConfigError


def test_the_first_key_encrypts_and_every_key_decrypts(monkeypatch):
    first, second = encryption.Fernet.generate_key().decode(), encryption.Fernet.generate_key().decode()
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", first)
    encrypted = encryption.encrypt(b"secret")
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", f"{second}, {first},")
    assert encryption.decrypt(encrypted) == b"secret"
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", second)
    with pytest.raises(ConfigError, match="none of the keys in ADSYNC_TOKEN_KEY matches"):
        encryption.decrypt(encrypted)


@pytest.mark.parametrize("key", ["nonsense", "c2hvcnQ=", "é" * 44, ",", " "])
def test_an_invalid_key_is_reported_without_showing_it(monkeypatch, key):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", key)
    with pytest.raises(ConfigError, match="ADSYNC_TOKEN_KEY") as caught:
        encryption.encrypt(b"secret")
    assert "nonsense" not in str(caught.value)


def test_rotation_encrypts_with_the_newest_key_and_leaves_what_already_is(monkeypatch):
    first, second = encryption.Fernet.generate_key().decode(), encryption.Fernet.generate_key().decode()
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", first)
    encrypted = encryption.encrypt(b"secret")
    assert encryption.rotate(encrypted) is None
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", f"{second},{first}")
    rotated = encryption.rotate(encrypted)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", second)
    assert encryption.decrypt(rotated) == b"secret"
    assert encryption.rotate(rotated) is None
    with pytest.raises(ConfigError, match="none of the keys in ADSYNC_TOKEN_KEY matches"):
        encryption.rotate(encrypted)
