from __future__ import annotations

import json
from pathlib import Path

import pytest

from adsync import registry, settings
from adsync.auth import encryption
from adsync.config import connections, loader
from adsync.errors import ConfigError

SOURCES = {name: registry.load(name) for name in registry.names()}


def read(file):
    return loader.read_workspaces(file, SOURCES)


def test_the_example_is_right():
    setup = read(Path(__file__).resolve().parents[2] / "config" / "workspaces.example.yaml")
    assert [link.platform for link in setup.links] == ["meta", "tiktok", "shopify"]


def test_a_missing_file_says_where_the_example_is(tmp_path):
    file = tmp_path / "workspaces.yaml"
    with pytest.raises(ConfigError, match=rf"^{file} does not exist: copy config/workspaces.example.yaml"):
        read(file)


@pytest.mark.parametrize("text", ["workspaces: [", "a: b: c", "\tx: 1", "&a *a"])
def test_a_file_that_is_no_yaml_is_one_line(tmp_path, text):
    file = tmp_path / "workspaces.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=rf"^{file} is no valid YAML: ") as caught:
        read(file)
    assert "\n" not in str(caught.value)


def test_a_file_of_other_bytes_cannot_be_read(tmp_path):
    file = tmp_path / "workspaces.yaml"
    file.write_bytes(b"workspaces: \xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        read(file)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize("text", ["five", "-1", "2.5", "", " 3 x", "²", "1e3"])
def test_a_number_of_retries_that_is_none_is_named(monkeypatch, text):
    monkeypatch.setenv("MAX_RETRY_ATTEMPTS", text)
    with pytest.raises(ConfigError, match=r"^MAX_RETRY_ATTEMPTS is .*: set a whole number such as 5$"):
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
def test_a_variable_that_is_not_set_is_named_with_what_belongs_there(monkeypatch, read_it, name, value):
    monkeypatch.delenv(name, raising=False)
    if value is not None:
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=rf"^{name} is not set: set it to "):
        read_it()


@pytest.mark.parametrize(("value", "found"), [(None, None), ("", None), ("redis://x", "redis://x")])
def test_redis_is_there_or_not(monkeypatch, value, found):
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


def test_the_first_key_seals_and_every_key_opens(monkeypatch):
    first, second = encryption.Fernet.generate_key().decode(), encryption.Fernet.generate_key().decode()
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", first)
    sealed = encryption.encrypt(b"secret")
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", f"{second}, {first},")
    assert encryption.decrypt(sealed) == b"secret"
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", second)
    with pytest.raises(ConfigError, match="none of the keys in ADSYNC_TOKEN_KEY matches"):
        encryption.decrypt(sealed)


@pytest.mark.parametrize("key", ["nonsense", "c2hvcnQ=", "é" * 44, ",", " "])
def test_a_key_that_is_none_is_said_without_showing_it(monkeypatch, key):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", key)
    with pytest.raises(ConfigError, match="ADSYNC_TOKEN_KEY") as caught:
        encryption.encrypt(b"secret")
    assert "nonsense" not in str(caught.value)


# Connections


def connection(monkeypatch, text, conn_id="meta_acme"):
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", text)
    return connections.credentials(conn_id)


def test_a_missing_connection_names_file_key_and_remedy(monkeypatch, tmp_path):
    monkeypatch.delenv("AIRFLOW_CONN_META_ACME", raising=False)
    monkeypatch.setenv("ADSYNC_CONFIG", str(tmp_path / "mine.yaml"))
    with pytest.raises(ConfigError, match=r"mine\.yaml: conn_id 'meta_acme' names no connection: create it in Airflow"):
        connections.credentials("meta_acme")


@pytest.mark.parametrize("extra", [{"app_secret": "s"}, json.dumps({"app_secret": "s"})])
def test_a_connection_may_be_json(monkeypatch, extra):
    found = connection(monkeypatch, json.dumps({"host": "https://x/y", "password": "p", "extra": extra}))
    assert (found.host, found.password, found.extra) == ("https://x/y", "p", {"app_secret": "s"})


def test_a_connection_may_be_a_uri(monkeypatch):
    found = connection(monkeypatch, "http://user:p%40ss@https%3A%2F%2Fx%3A8080%2Fy/?app_secret=s%26t")
    assert (found.host, found.login, found.password) == ("https://x:8080/y", "user", "p@ss")
    assert found.extra == {"app_secret": "s&t"}


def test_a_uri_may_carry_its_extra_as_json_the_way_airflow_writes_it(monkeypatch):
    found = connection(monkeypatch, "http://:p@x/?__extra__=%7B%22app_secret%22%3A+%22s%22%7D")
    assert found.extra == {"app_secret": "s"}


BROKEN = ["", "no uri", "{", '{"extra": "{"}', '{"extra": [1]}', '{"extra": "17"}', "http://:p@x/?__extra__=%7B"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_connection_that_cannot_be_read_is_named_without_its_text(monkeypatch, text):
    with pytest.raises(ConfigError, match=r"^AIRFLOW_CONN_META_ACME is neither a connection's JSON nor its URI"):
        connection(monkeypatch, text)


def test_everything_is_kept_unless_somebody_says_for_how_long(monkeypatch):
    assert settings.keep_days() == {"runs": None, "observations": None, "raw": None}
    monkeypatch.setenv("ADSYNC_KEEP_RUNS", "90")
    monkeypatch.setenv("ADSYNC_KEEP_RAW", "keep")
    assert settings.keep_days() == {"runs": 90, "observations": None, "raw": None}


@pytest.mark.parametrize("text", ["59", "0", "-90", "90 days", ""])
def test_an_age_that_is_none_or_too_short_is_refused(monkeypatch, text):
    monkeypatch.setenv("ADSYNC_KEEP_OBSERVATIONS", text)
    with pytest.raises(ConfigError, match=r"^ADSYNC_KEEP_OBSERVATIONS is '.*': set keep, or a whole number of days"):
        settings.keep_days()
