"""Housekeeping with a real warehouse and a token server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from cryptography.fernet import Fernet

import token_server
from adsync.auth import encryption
from adsync.auth.token_manager import TokenManager
from adsync.errors import ConfigError
from adsync.extract.context import SyncEnvironment
from adsync.orchestration import housekeeping
from adsync.sources.base import IncrementalStream
from sandbox_fixtures import new_key
from token_server import ACCOUNT, TokenServer, credentials, serving

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LINKED_ACCOUNT = """
insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('acme', 'Acme', 'SAR', 'UTC');
insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)
values ('meta', '901', 'acme', 'store', 'shop_acme')
"""


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", new_key())
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(LINKED_ACCOUNT)
    return warehouse_url


@pytest.fixture
def server(monkeypatch):
    """A token server of a platform whose tokens are refreshed every ten days."""
    server = TokenServer()
    server.source = replace(
        token_server.source(max_age=timedelta(days=10)), streams=(IncrementalStream("orders", None),)
    )
    monkeypatch.setattr(housekeeping.registry, "names", lambda: ("meta",))
    monkeypatch.setattr(housekeeping.registry, "load", lambda _: server.source)
    with serving(server) as server.base:
        yield server


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


async def refresh(url, server, now=NOW):
    return await housekeeping.refresh_tokens(SyncEnvironment(url, lambda _: credentials(server.base), lambda: now))


async def test_a_token_is_refreshed_when_it_is_old_and_not_before(url, server):
    assert await refresh(url, server) == {"refreshed": 1, "fresh": 0, "failed": 0}
    assert await refresh(url, server, NOW + timedelta(days=9)) == {"refreshed": 0, "fresh": 1, "failed": 0}
    assert await refresh(url, server, NOW + timedelta(days=10)) == {"refreshed": 1, "fresh": 0, "failed": 0}
    assert server.posts == 2


async def test_a_rejected_refresh_opens_one_notice(url, server):
    server.behavior = "refuse"
    for _ in range(2):
        assert (await refresh(url, server))["failed"] == 1
    assert rows(url, "select error_class from adsync.admin_notices") == [("ReauthRequired",)]
    assert rows(url, "select status, lease_owner from adsync.sync_state") == [("reauth_required", None)]


async def test_an_account_with_a_running_sync_is_left_to_that_sync(url, server):
    server.behavior = "refuse"
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into adsync.sync_state (platform, account_id, stream, lease_owner, lease_until)"
            " values ('meta', '901', 'orders', 'run', now() + interval '1 minute')"
        )
    await refresh(url, server)
    assert rows(url, "select status, lease_owner from adsync.sync_state") == [("ok", "run")]
    assert rows(url, "select from adsync.admin_notices") == []


async def test_a_missing_connection_is_logged(url, server, caplog):
    def missing(_):
        raise ConfigError("no such connection")

    counts = await housekeeping.refresh_tokens(SyncEnvironment(url, missing, lambda: NOW))
    assert counts["failed"] == 1
    assert "token not refreshed, the next sync or housekeeping run tries again: no such connection" in caplog.text
    assert server.posts == 0


async def test_secrets_are_re_encrypted_with_the_newest_key_once(monkeypatch, url, server):
    old, new = new_key(), new_key()
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", old)
    await refresh(url, server)
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.workspaces set customer_key = %s", (encryption.encrypt(b"k" * 32),))
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", f"{new},{old}")
    assert [housekeeping.rotate_encryption(url), housekeeping.rotate_encryption(url)] == [2, 0]
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", new)
    known = credentials(server.base)
    tokens = TokenManager(
        url, ACCOUNT, known, server.source.initial_token(known), server.source.token_refresh, lambda: NOW
    )
    assert (await tokens.get()).access == "access-1"
    [(key,)] = rows(url, "select customer_key from adsync.workspaces")
    assert Fernet(new).decrypt(key.encode()) == b"k" * 32


def test_only_expired_leases_are_cleared(url):
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into adsync.sync_state (platform, account_id, stream, lease_owner, lease_until) values"
            " ('meta', '901', 'dead', 'gone', now() - interval '1 hour'),"
            " ('meta', '901', 'live', 'run', now() + interval '1 minute')"
        )
    assert housekeeping.clear_stale_leases(url) == 1
    assert rows(url, "select lease_owner from adsync.sync_state order by stream") == [(None,), ("run",)]
