"""What every source owes in a whole sync: a token that ends in the middle, and nothing secret or personal anywhere."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict

import httpx
import psycopg
import pytest

import contracts
import sandbox_fixtures
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync_sandbox.faults.script import Fault
from contracts import SOURCES
from sandbox_fixtures import NOW, served

every_source = pytest.mark.parametrize("source", SOURCES)
# What a connection contains besides its secrets.
PUBLIC = {"api_version", "app_id", "client_id", "token_url", "redirect_uri", "rest_route", "expires"}
# Where the keys of customers are kept, and nothing else that is of interest here.
APART = {"workspaces"}


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(
        warehouse_url, *(contracts.of(source).owner for source in SOURCES), history_days=sandbox_fixtures.DAYS
    )
    return warehouse_url


def synced(url, base, source):
    environment = SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: NOW)
    request = SyncRequest(source, (contracts.of(source).owner,), "run")
    return asyncio.run(sync_accounts(request, environment))


def keys(url, source, stream):
    with psycopg.connect(url) as connection:
        return [key for (key,) in connection.execute(f"select record_key from raw.{source}_{stream}").fetchall()]


def known(source, stream):
    listed, who = contracts.of(source).lists[stream], sandbox_fixtures.account(source, contracts.of(source).owner)
    return listed.known(
        sandbox_fixtures.world(), who, sandbox_fixtures.recent(source, sandbox_fixtures.DAYS, who.account_id)
    )


@pytest.mark.parametrize("source", [source for source in SOURCES if contracts.of(source).renews])
@pytest.mark.parametrize("call", [1, 2])
def test_a_token_that_expires_during_a_sync_is_refreshed_once_and_nothing_is_lost(url, source, call):
    with served([Fault(source, "token_dies", calls=(call,))]) as base:
        [outcome] = synced(url, base, source).accounts
        told = httpx.get(f"{base}/calls").json()
    assert outcome.outcome == "ok"
    assert sum(told["refreshes"][source].values()) == 1
    assert outcome.call_stats.calls == told[source]
    for stream in contracts.synced(source):
        assert sorted(known(source, stream)) == sorted(keys(url, source, stream))


@pytest.mark.parametrize("source", [source for source in SOURCES if not contracts.of(source).renews])
def test_a_token_that_cannot_be_refreshed_requires_reauthorization_once(url, source):
    with served([Fault(source, "token_expired", calls=(2,))]) as base:
        [outcome] = synced(url, base, source).accounts
    assert outcome.outcome == "failed"
    with psycopg.connect(url) as connection:
        notices = connection.execute("select error_class from adsync.admin_notices").fetchall()
    assert notices == [("ReauthRequired",)]


def everything(url):
    """All that is stored of anybody, as one text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('raw', 'adsync')"
        ).fetchall()
        found = [
            str(connection.execute(f'select * from "{schema}"."{name}"').fetchall())
            for schema, name in tables
            if name not in APART
        ]
    return " ".join(found)


def secrets(source):
    extra = sandbox_fixtures.credentials(sandbox_fixtures.account(source, contracts.of(source).owner).conn_id)
    return [extra.password, *(str(value) for name, value in extra.extra.items() if name not in PUBLIC)]


@every_source
def test_no_secret_or_personal_data_is_stored_logged_or_passed_on(caplog, url, source):
    """Not of a sync that fails, be it for a field or for a permission, nor of one that is well."""
    caplog.set_level(logging.DEBUG)
    contract, passed_on = contracts.of(source), []
    path, field = contract.pathed(contract.longest), contract.lists[contract.longest].needed[0]
    for faults in ([Fault(source, "missing_field", path, field=field)], [Fault(source, "permission_denied", path)], []):
        with served(faults) as base:
            outcomes = synced(url, base, source)
        passed_on += [
            json.dumps([outcomes.counts(), *map(asdict, outcomes.pending_reports)]),
            *(each.summary for each in outcomes.accounts),
        ]
    assert [each.outcome for each in outcomes.accounts] == ["ok"]
    texts = [everything(url), caplog.text, *passed_on]
    for word in (*secrets(source), *contract.personal):
        assert not [text for text in texts if word in text]
