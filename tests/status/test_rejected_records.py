"""Rejected records in `status`."""

from __future__ import annotations

import io

import psycopg
import pytest
from rich.console import Console

import sandbox_fixtures
from adsync.cli.app import main
from adsync.status import rejected_records
from adsync.warehouse.connection import connect_now

FILL = """
insert into raw.rejected_records
    (source, stream, account_id, record_key, reason, excerpt, first_seen_at, last_seen_at, attempts)
select
    'shopify', 'orders', %(store)s, nullif(key, ''), 'no [red] date', '', '2026-11-20 10:00Z',
    timestamptz '2026-11-22 10:00Z' - place * interval '1 minute', 3
from unnest(%(keys)s::text[]) with ordinality as keys (key, place)
"""


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    sandbox_fixtures.link(warehouse_url, sandbox_fixtures.SHOPIFY, sandbox_fixtures.META)
    return warehouse_url


def fill(url, *keys):
    with psycopg.connect(url) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(FILL, {"store": sandbox_fixtures.SHOPIFY, "keys": list(keys)})


def shown(url):
    text = io.StringIO()
    rejected_records.show(rejected_records.list_rejected(url), Console(file=text, highlight=False, soft_wrap=True))
    return text.getvalue().splitlines()


def test_each_rejected_record_is_one_line_with_its_reason(url):
    fill(url, "7", "")
    place, since = "acme shopify acme.myshopify.com orders", "(attempts: 3, since 2026-11-20 10:00 UTC)"
    assert shown(url) == [
        "Rejected records (2); all others are loaded, and these are read again:",
        f"- {place} 7: no [red] date {since}",
        f"- {place} without a key: no [red] date {since}",
    ]


def test_of_many_the_latest_are_shown(url):
    fill(url, *(str(number) for number in range(60)))
    first, *lines = shown(url)
    assert first.startswith("Rejected records (60, the latest 50);")
    assert len(lines) == 50


def test_without_rejected_records_nothing_is_shown(url):
    assert shown(url) == []


def test_the_page_reads_those_of_its_workspace(url):
    fill(url, "7")
    with connect_now(url) as connection:
        assert [each.record_key for each in rejected_records.read(connection, "acme")] == ["7"]
        assert rejected_records.read(connection, "another") == []


def test_the_command_shows_them(url, capsys):
    fill(url, "7")
    assert main(["status"]) == 0
    assert "orders 7: no [red] date" in capsys.readouterr().out
