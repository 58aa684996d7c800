from __future__ import annotations

import pytest

from adsync import settings
from adsync.errors import ConfigError


@pytest.mark.parametrize("text", ["five", "-1", "2.5", "", " 3 x", "²", "1e3"])
def test_an_invalid_number_of_retries_is_named(monkeypatch, text):
    monkeypatch.setenv("MAX_RETRY_ATTEMPTS", text)
    with pytest.raises(ConfigError, match=r"^invalid MAX_RETRY_ATTEMPTS: .* \(expected a whole number such as 5\)$"):
        settings.max_retry_attempts()


@pytest.mark.parametrize(("text", "number"), [(None, 5), ("0", 0), ("12", 12)])
def test_retries_default_to_five(monkeypatch, text, number):
    monkeypatch.delenv("MAX_RETRY_ATTEMPTS", raising=False)
    if text is not None:
        monkeypatch.setenv("MAX_RETRY_ATTEMPTS", text)
    assert settings.max_retry_attempts() == number


@pytest.mark.parametrize(
    ("read_it", "name"),
    [
        (settings.warehouse_url, "ADSYNC_WAREHOUSE_URL"),
        (settings.token_keys, "ADSYNC_TOKEN_KEY"),
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named_with_what_is_accepted(monkeypatch, read_it, name, value):
    monkeypatch.delenv(name, raising=False)
    if value is not None:
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=rf"^missing environment variable {name}: set it to "):
        read_it()


@pytest.mark.parametrize(("value", "found"), [(None, None), ("", None), ("redis://x", "redis://x")])
def test_redis_is_optional(monkeypatch, value, found):
    monkeypatch.delenv("ADSYNC_REDIS_URL", raising=False)
    if value is not None:
        monkeypatch.setenv("ADSYNC_REDIS_URL", value)
    assert settings.redis_url() == found


@pytest.mark.parametrize(
    ("text", "names"), [(None, ("log",)), ("slack_ops, email_owners,", ("slack_ops", "email_owners")), ("", ())]
)
def test_notices_go_to_the_log_unless_channels_are_named(monkeypatch, text, names):
    monkeypatch.delenv("ADSYNC_NOTIFY", raising=False)
    if text is not None:
        monkeypatch.setenv("ADSYNC_NOTIFY", text)
    assert settings.notify_channels() == names


def test_everything_is_kept_unless_a_retention_is_set(monkeypatch):
    assert settings.keep_days() == {"runs": None, "observations": None, "raw": None}
    monkeypatch.setenv("ADSYNC_KEEP_RUNS", "90")
    monkeypatch.setenv("ADSYNC_KEEP_RAW", "keep")
    assert settings.keep_days() == {"runs": 90, "observations": None, "raw": None}


@pytest.mark.parametrize("text", ["59", "0", "-90", "90 days", ""])
def test_an_invalid_or_too_short_retention_is_an_error(monkeypatch, text):
    monkeypatch.setenv("ADSYNC_KEEP_OBSERVATIONS", text)
    with pytest.raises(ConfigError, match=r"^invalid ADSYNC_KEEP_OBSERVATIONS: '.*' \(expected `keep`, or at least 60"):
        settings.keep_days()
