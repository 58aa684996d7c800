"""Tokens in a real warehouse, refreshed at a real token server with single-use refresh tokens."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import token_server
from adsync.api.client import open_api_client
from adsync.auth import encryption
from adsync.auth.token_manager import TokenManager
from adsync.errors import ConfigError, ReauthRequired, TemporaryError, TokenExpired
from adsync.models import Credentials, Token
from sandbox_fixtures import new_key
from token_server import ACCOUNT, TokenServer, credentials, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINKED = """
insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('acme', 'Acme', 'SAR', 'UTC');
insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)
values ('meta', '901', 'acme', 'store', 'shop_acme')
"""


@pytest.fixture
def server():
    return TokenServer()


@pytest.fixture
def base(server):
    with serving(server) as url:
        yield url


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", new_key())
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(LINKED)
    return warehouse_url


def manager(url, known, now=NOW, **token_refresh):
    source = token_server.source(**token_refresh)
    return TokenManager(url, ACCOUNT, known, source.initial_token(known), source.token_refresh, lambda: now)


def opened(url, known):
    return open_api_client(f"{known.host}/", token_server.source(), known, manager(url, known))


def stored(url, columns="*"):
    with psycopg.connect(url) as connection:
        return connection.execute(f"select {columns} from adsync.tokens").fetchall()


def unanswered(url):
    with psycopg.connect(url) as connection:
        return connection.execute("select count(*) from adsync.token_refreshes").fetchone()[0]


async def test_the_first_token_is_the_connection_s(url, base, server):
    assert await manager(url, credentials(base)).get() == Token("access-0", "refresh-0")
    assert (stored(url), server.posts) == ([], 0)


async def test_after_the_first_refresh_the_stored_token_is_used(url, base, server):
    tokens = manager(url, credentials(base))
    fresh = Token("access-1", "refresh-1", NOW + timedelta(hours=1))
    assert await tokens.refresh(await tokens.get()) == fresh
    assert await manager(url, credentials(base)).get() == fresh
    assert stored(url, "expires_at, renewed_at") == [(fresh.expires_at, NOW)]
    assert (server.posts, unanswered(url)) == (1, 0)


async def test_an_edited_connection_takes_precedence_again(url, base, server):
    tokens = manager(url, credentials(base))
    await tokens.refresh(await tokens.get())
    server.access, server.refresh = "access-new", "refresh-new"
    again = manager(url, credentials(base, "refresh-new", "access-new"))
    assert (await again.get()).access == "access-new"
    assert (await again.refresh(await again.get())).access == "access-2"


async def test_a_token_that_another_process_refreshed_costs_no_call(url, base, server):
    tokens = manager(url, credentials(base))
    old = await tokens.get()
    newer = await tokens.refresh(old)
    assert await tokens.refresh(old) == newer
    assert server.posts == 1


async def test_a_token_about_to_expire_is_refreshed_before_use(url, base, server):
    tokens = manager(url, credentials(base))
    await tokens.refresh(await tokens.get())
    late = manager(url, credentials(base), NOW + timedelta(minutes=59))
    assert (await late.get()).access == "access-2"
    assert server.posts == 2


async def test_tokens_are_stored_encrypted(url, base):
    tokens = manager(url, credentials(base))
    await tokens.refresh(await tokens.get())
    [row] = stored(url, "ciphertext, tokens::text")
    for secret in (b"access-1", b"refresh-1", b"refresh-0", b"access-0"):
        assert secret not in row[0]
        assert secret.decode() not in row[1]


async def test_a_rotated_key_still_decrypts_and_a_removed_one_is_reported(monkeypatch, url, base):
    old, new = new_key(), new_key()
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", old)
    tokens = manager(url, credentials(base))
    token = await tokens.refresh(await tokens.get())
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", f"{new},{old}")
    assert await tokens.get() == token
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", new)
    with pytest.raises(ConfigError, match="none of the keys in ADSYNC_TOKEN_KEY matches"):
        await tokens.get()
    assert encryption.decrypt(encryption.encrypt(b"x")) == b"x"


async def test_an_invalid_refresh_token_requires_reauthorization_and_shows_no_secret(url, base, server):
    server.behavior = "refuse"
    tokens = manager(url, credentials(base))
    with pytest.raises(ReauthRequired, match=r"invalid_grant.*reinstall the app") as caught:
        await tokens.refresh(await tokens.get())
    assert "refresh-0" not in str(caught.value)
    assert unanswered(url) == 0


async def test_without_a_refresh_token_the_error_names_the_connection(url, base, server):
    tokens = manager(url, credentials(base, refresh=""))
    with pytest.raises(ReauthRequired, match="connection shop_acme holds nothing to refresh it with"):
        await tokens.refresh(await tokens.get())
    assert server.posts == 0


@pytest.mark.parametrize("behavior", ["lose", 500, 502, 504])
async def test_a_single_use_token_is_not_sent_again_after_a_lost_response(url, base, server, behavior):
    server.behavior = behavior
    tokens = manager(url, credentials(base))
    with pytest.raises(TemporaryError):
        await tokens.refresh(await tokens.get())
    server.behavior = "grant"
    with pytest.raises(ReauthRequired, match=r"lost the response to the token refresh of .* UTC.*shop_acme"):
        await tokens.refresh(await tokens.get())
    assert server.posts == 1
    server.refresh = "refresh-new"
    again = manager(url, credentials(base, "refresh-new"))
    assert (await again.refresh(await again.get())).access == "access-2"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, {}),
        (500, {"error": "server_error", "error_description": "later"}),
        (502, {"error": "temporarily_unavailable"}),
    ],
)
async def test_a_refresh_that_issued_no_token_is_retried_without_reauthorization(url, base, server, status, body):
    server.behavior, server.body = status, body
    tokens = manager(url, credentials(base))
    with pytest.raises(TemporaryError, match=f"HTTP {status}"):
        await tokens.refresh(await tokens.get())
    assert unanswered(url) == 0
    server.behavior = "grant"
    assert (await tokens.refresh(await tokens.get())).access == "access-2"


async def test_a_reusable_refresh_token_is_sent_again(url, base, server):
    server.behavior = 500
    tokens = manager(url, credentials(base), single_use=False)
    with pytest.raises(TemporaryError):
        await tokens.refresh(await tokens.get())
    server.behavior = "grant"
    assert (await tokens.refresh(await tokens.get())).access == "access-2"


async def test_a_refresh_that_was_not_sent_is_retried(url, base):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    away = manager(url, credentials(nowhere))
    with pytest.raises(TemporaryError, match="token server unreachable"):
        await away.refresh(await away.get())
    assert unanswered(url) == 0
    back = manager(url, Credentials("shop_acme", base, password="access-0", extra={"refresh_token": "refresh-0"}))
    assert (await back.refresh(await back.get())).access == "access-1"


@pytest.mark.parametrize(
    ("renewal", "lasts", "later", "due"),
    [
        ({}, 3600, timedelta(days=300), False),
        ({"max_age": timedelta(days=10)}, 3600, timedelta(days=9), False),
        ({"max_age": timedelta(days=10)}, 3600, timedelta(days=10), True),
        ({"refresh_before": timedelta(days=2)}, 86400 * 14, timedelta(days=11), False),
        ({"refresh_before": timedelta(days=2)}, 86400 * 14, timedelta(days=12), True),
    ],
)
async def test_an_unused_token_is_refreshed_in_time(url, base, server, renewal, lasts, later, due):
    server.lasts = lasts
    tokens = manager(url, credentials(base))
    await tokens.refresh(await tokens.get())
    assert await manager(url, credentials(base), NOW + later, **renewal).refresh_if_old() is due
    assert server.posts == (2 if due else 1)


async def test_the_connection_s_own_token_counts_as_too_old(url, base, server):
    assert await manager(url, credentials(base), max_age=timedelta(days=10)).refresh_if_old()
    assert server.posts == 1


# Clients


async def test_a_client_refreshes_once_during_a_run_and_sends_the_request_again(url, base, server):
    async with opened(url, credentials(base)) as client:
        await client.get("one")
        server.access = "something else"
        await client.get("two")
        await client.get("three")
    assert server.posts == 1
    assert server.reads == ["/one", "/two", "/two", "/three"]
    assert client.stats.calls == 5


async def test_a_rejected_new_token_is_not_refreshed_again(url, base, server):
    async with opened(url, credentials(base)) as client:
        server.access = "x"
        server.renew = lambda _: (200, {"access_token": "never accepted"})
        with pytest.raises(TokenExpired):
            await client.get("one")
    assert server.reads == ["/one", "/one"]


def work(url, base, start, results):
    async def one():
        async with opened(url, credentials(base)) as client:
            await asyncio.to_thread(start.wait)
            await client.get("orders")
            return client.token.access

    results.put(asyncio.run(one()))


def test_eight_processes_refreshing_one_single_use_token_send_one_request(url, base, server):
    server.access = "already somebody else's"
    fork = multiprocessing.get_context("fork")
    start, results = fork.Barrier(8), fork.Queue()
    workers = [fork.Process(target=work, args=(url, base, start, results)) for _ in range(8)]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert found == ["access-1"] * 8
    assert server.posts == 1
    assert server.reads == ["/orders"] * 16
