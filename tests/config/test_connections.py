from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from airflow.sdk import Connection

from adsync.config import connections
from adsync.errors import ConfigError
from adsync.hooks.environment import to_credentials

CONN_ID = "meta_acme"
SITE = "https://Shop.example:8080/Path"
URIS = [
    "http://graph.facebook.com",
    "http://user:p%40ss@shop.example:8080/schema?app_secret=s%26t",
    "http://:p@shop.example/",
    "http://user@shop.example",
    "http://UPPER.Example",
    "HTTP://shop.example",
    f"http://user:p@{quote(SITE, safe='')}/?app_secret=s",
    f"http://:p@{quote('https://shop.example/Path', safe='')}:8080/",
    "http://https://user:p@shop.example:8080/blog?query_keys=true",
    "http://https://shop.example",
    "http://http://shop.example",
    "generic://:p@/?access_token=t&empty=&flag",
    "generic://?plus=a+b&percent=a%2Bb",
    "generic://:p@x/?__extra__=%7B%22app_secret%22%3A+%22s%22%2C+%22n%22%3A+1%7D",
    "generic://:p@x/?__extra__=",
    "google-cloud-platform://:p%2Fq@x",
    "http://[::1]:8080",
    "  http://:p@x  ",
]
FIELDS = [
    {"conn_type": "http"},
    {"conn_type": "http", "host": SITE, "login": "user", "password": "p:/@", "extra": {"app_secret": "s"}},
    {"host": "shop.example", "port": 8080, "schema": "https", "description": "a shop"},
    {"host": "shop.example", "port": "8080", "extra": json.dumps({"app_secret": "s"})},
    {"port": 8080, "password": "p"},
    {"host": None, "login": None, "password": "", "port": None, "extra": None},
    {"password": "p", "extra": ""},
    {"password": "p", "extra": {}},
    {"password": "p", "extra": {"nested": {"a": [1, 2.5, True, None]}}},
]
TEXTS = URIS + [json.dumps(fields) for fields in FIELDS] + ["\n " + json.dumps(FIELDS[1], indent=2)]


def connection(monkeypatch, text):
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONN_ID.upper()}", text)
    return connections.credentials(CONN_ID)


def in_airflow(text):
    """What a task gets: read by Airflow's secrets backend for environment variables, passed on by the hook."""
    value = text.strip()
    read = Connection.from_json if value.startswith("{") else Connection.from_uri
    return to_credentials(read(value, conn_id=CONN_ID))


@pytest.mark.parametrize("text", TEXTS)
def test_a_connection_means_the_same_outside_airflow_as_inside(monkeypatch, text):
    assert connection(monkeypatch, text) == in_airflow(text)


@pytest.mark.parametrize("fields", FIELDS)
def test_the_uri_that_airflow_writes_for_a_connection_means_the_same_too(monkeypatch, fields):
    uri = Connection.from_json(json.dumps({"conn_type": "generic"} | fields), conn_id=CONN_ID).get_uri()
    assert connection(monkeypatch, uri) == in_airflow(uri)


def test_a_missing_connection_names_file_key_and_remedy(monkeypatch, tmp_path):
    monkeypatch.delenv("AIRFLOW_CONN_META_ACME", raising=False)
    monkeypatch.setenv("ADSYNC_CONFIG", str(tmp_path / "mine.yaml"))
    with pytest.raises(ConfigError, match=r"mine\.yaml: unknown connection 'meta_acme' in conn_id: create it"):
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


INVALID = [
    *("", "no uri", "{", '{"extra": "{"}', '{"extra": [1]}', '{"extra": "17"}', "http://:p@x/?__extra__=%7B"),
    *('{"pasword": "p"}', '{"host": "x", "port": "http"}', "http://x:port", "http://user:p@https://x"),
    "http://a?b=http://c&d=http://e",
]


@pytest.mark.parametrize("text", INVALID)
def test_an_invalid_connection_is_named_without_its_text(monkeypatch, text):
    with pytest.raises(ConfigError, match=r"^invalid AIRFLOW_CONN_META_ACME \(expected a connection as JSON"):
        connection(monkeypatch, text)
