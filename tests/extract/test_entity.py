"""The account's own record: the time zone that the platform reports."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import psycopg
import pytest

import sandbox_fixtures
from adsync.errors import ContractError
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.models import AccountInfo
from adsync.sources.meta import source
from sandbox_fixtures import META, NOW, served


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, META)
    return warehouse_url


def sync(url):
    with served() as base:
        environment = SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: NOW)
        request = SyncRequest("meta", (META,), "run", respect_backoff=False)
        [result] = asyncio.run(sync_accounts(request, environment)).accounts
    return result


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../UTC", "\0"])
def test_an_unknown_reported_time_zone_is_a_contract_error_and_is_not_saved(monkeypatch, url, zone):
    reported = replace(source.SOURCE, account_info=lambda _: AccountInfo("Acme", "USD", zone))
    monkeypatch.setattr(source, "SOURCE", reported)
    result = sync(url)
    assert type(result.error) is ContractError
    assert f"unknown time zone {zone!r} of meta {META}" in str(result.error)
    assert rows(url, "select timezone from adsync.accounts") == [(None,)]
    assert rows(url, "select count(*) from raw.meta_accounts") == [(0,)]


def test_an_unknown_stored_time_zone_is_a_contract_error_of_that_account(url):
    assert sync(url).error is None
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.accounts set timezone = 'Mars/Olympus'")
    assert type(sync(url).error) is ContractError
