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
    "\n http://:p@x\t",
    "//user:p@shop.example:8080/?a=1",
    "//shop.example",
    "generic://http://ck_1:cs_2@shop.example",
    "generic://http://ck_1:cs_2@shop.example:18795",
    "generic://https://ck_1:cs_2@shop.example:443/blog?rest_route=true",
    "generic://ck_1:cs_2@http%3A%2F%2Fshop.example%3A18795%2Fblog",
    "generic://ck_1:cs_2@http%3A%2F%2Fshop.example:18795",
    "generic://http%3A%2F%2Fck_1:cs_2@shop.example",
    "generic://shop.example?link=http://other.example",
    "generic://us%3Aer:p%20w%2F%3F%23@shop.example",
    "generic://user@shop.example:",
    "generic://:@shop.example",
    "generic://shop.example:0",
    "generic://H%2FP:80/x",
    "generic://Shop.Example/?A=B",
    "generic://shop.example#fragment",
    "generic://shop.example/?a=1&a=2",
    "generic://shop.example/?extra=%7B%7D",
    "generic://shop.example/?nested=%7B%22b%22%3A+1%7D",
    "generic://:p@x/?__extra__=%7B%22a%22%3A+%7B%22b%22%3A+%5B1%2C+null%5D%7D%7D",
    "generic://[2001:db8::1]:8080/",
    "generic:///schema-only",
    "generic://",
    "HTTP://http://shop.example",
    "postgresql://u:p@h/db",
    "generic://t\u00e9st.example",
    "generic://%D8%AA%D8%AC%D8%B1%D8%A8%D8%A9:p@h",
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
    {"host": "http://shop.example", "port": 18795},
    {"host": "http://shop.example/blog", "port": 18795},
    {"host": "https://[2001:db8::1]/blog", "port": "18795"},
    {"host": "shop.example", "port": "0"},
    {"host": "shop.example", "port": " 80 "},
    {"host": "shop.example", "port": ""},
    {"host": "shop.example", "port": 80.0},
    {"conn_type": "google-cloud-platform", "schema": "s", "password": " p w "},
    {"password": "p", "extra": '{"a": {"b": "{}"}}'},
    {"extra": {"refresh_token": "r+/=", "expires": 1796126400}},
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


def test_a_number_in_json_is_the_text_of_a_field(monkeypatch):
    text = json.dumps({"conn_type": "generic", "login": 901, "password": 12345})
    assert connection(monkeypatch, text) == in_airflow(text)
    assert connection(monkeypatch, text).password == "12345"


PORTS = [
    ("http://shop.example", 18795, "http://shop.example:18795"),
    ("https://shop.example/blog/x", 8080, "https://shop.example:8080/blog/x"),
    ("shop.example", "8080", "shop.example:8080"),
    ("::1", 8080, "[::1]:8080"),
    ("https://[::1]/x", 8080, "https://[::1]:8080/x"),
    ("shop.example", 0, "shop.example"),
    ("", 8080, ""),
]


@pytest.mark.parametrize(("host", "port", "url"), PORTS)
def test_a_port_stands_behind_the_name_of_the_host(host, port, url):
    assert connections.host_with_port(host, port) == url


REFUSED = ['{"conn_id": "x"}', '{"port": "80a"}', "http://a:b://c", "http://x:99999", "a://b://c://d"]


@pytest.mark.parametrize("text", REFUSED)
def test_what_airflow_refuses_is_refused_outside_it_too(monkeypatch, text):
    with pytest.raises(ConfigError):
        connection(monkeypatch, text)
    with pytest.raises(Exception, match=r".") as caught:
        in_airflow(text)
    assert not isinstance(caught.value, AssertionError)


@pytest.mark.parametrize("extra", ["{", "[1]", "17", '"text"', "  "])
def test_an_extra_that_is_no_object_is_refused_inside_airflow_as_outside(monkeypatch, extra):
    fields = {"conn_type": "generic", "password": "hidden", "extra": extra}
    with pytest.raises(ConfigError, match="invalid AIRFLOW_CONN_META_ACME"):
        connection(monkeypatch, json.dumps(fields))
    with pytest.raises(ConfigError, match=r"invalid extra of connection meta_acme \(expected a JSON object\)"):
        in_airflow(json.dumps(fields))


def test_at_least_fifty_notations_are_compared():
    assert len(set(TEXTS)) >= 50


INVALID = [
    *("", "no uri", "{", '{"extra": "{"}', '{"extra": [1]}', '{"extra": "17"}', "http://:p@x/?__extra__=%7B"),
    *('{"pasword": "p"}', '{"host": "x", "port": "http"}', "http://x:port", "http://user:p@https://x"),
    "http://a?b=http://c&d=http://e",
]


@pytest.mark.parametrize("text", INVALID)
def test_an_invalid_connection_is_named_without_its_text(monkeypatch, text):
    with pytest.raises(ConfigError, match=r"^invalid AIRFLOW_CONN_META_ACME \(expected a connection as JSON"):
        connection(monkeypatch, text)
