"""One shard of twenty accounts: one rate limited for an hour, one without authorization, one with server errors."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

import sandbox_fixtures
from adsync import registry
from adsync.api import client
from adsync.errors import RateLimited, ReauthRequired, TemporaryError
from adsync.extract.context import SyncEnvironment
from adsync.extract.results import ShardFailed
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.models import AccountInfo, Credentials, Record
from adsync.notifications import admin_notices
from adsync.orchestration import sharding
from adsync.sources.base import EntityStream, Source
from adsync.sources.common.auth import in_header
from adsync.state import sync_runs
from sandbox_fixtures import NOW

SHARD = tuple(f"{number:02}" for number in range(1, 21))
LIMITED, REVOKED, BROKEN = "05", "11", "17"
MEANINGS = {429: RateLimited("slow down", 3600.0), 401: ReauthRequired("log in again"), 500: TemporaryError("broken")}


class Platform:
    """Responds 500 during the first two attempts at one account; the client sends each request three times."""

    def __init__(self):
        self.calls = Counter()
        self.limited = True

    def status(self, account_id):
        self.calls[account_id] += 1
        if account_id == LIMITED and self.limited:
            return 429
        if account_id == REVOKED:
            return 401
        return 500 if account_id == BROKEN and self.calls[BROKEN] <= 2 * client.MAX_ATTEMPTS else 200


async def accounts(client, account):
    answer = await client.get(account.account_id)
    yield [Record(account.account_id, None, answer.body)]


def check(answer):
    if answer.status in MEANINGS:
        known = MEANINGS[answer.status]
        raise RateLimited(str(known), known.retry_after) if isinstance(known, RateLimited) else type(known)(str(known))


@pytest.fixture
def platform(monkeypatch):
    """An invented platform on 127.0.0.1, registered instead of a real one."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status = platform.status(self.path.strip("/"))
            self.send_response(status)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    source = Source(
        "meta",
        "ad_account",
        lambda known, _: f"{known.host}/",
        in_header("token"),
        check,
        lambda _: AccountInfo("", "USD", "UTC"),
        (EntityStream("accounts", accounts),),
    )
    monkeypatch.setattr(registry, "load", lambda _: source)
    platform.base = f"http://127.0.0.1:{server.server_address[1]}"
    yield platform
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('acme', 'A', 'SAR', 'UTC')"
        )
        connection.execute(
            "insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)"
            " select 'meta', unnest(%s::text[]), 'acme', 'ad_account', 'meta_acme'",
            (list(SHARD),),
        )
    return warehouse_url


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def later(url, seconds):
    """Moves the backoff stored in the warehouse forward in time."""
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.sync_state set retry_at = retry_at - make_interval(secs => %s)", (seconds,))


def attempt(url, platform, number):
    """Syncs as the task does at that try; returns outcomes by account and the seconds until the next try."""
    environment = SyncEnvironment(url, lambda name: Credentials(name, platform.base, password="t"), lambda: NOW)
    left = sync_runs.unfinished(url, "meta", SHARD, "run")
    request = SyncRequest("meta", left, "run", attempt=number, respect_backoff=True)
    result = asyncio.run(sync_accounts(request, environment))
    outcomes = {each.account.account_id: each.outcome for each in result.accounts}
    try:
        result.raise_for_failures()
    except ShardFailed as error:
        return outcomes, error.retry_after
    return outcomes, 0.0


def test_three_failing_accounts_do_not_delay_the_seventeen_others(url, platform):
    sent = []
    outcomes, wait = attempt(url, platform, 1)
    assert Counter(outcomes.values()) == {"ok": 17, "retrying": 2, "failed": 1}
    assert (outcomes[LIMITED], outcomes[BROKEN], outcomes[REVOKED]) == ("retrying", "retrying", "failed")
    assert 120 <= wait <= 132
    # Finished accounts are ready for `transform`; the next hourly run syncs every account that does not back off.
    assert len(rows(url, "select from raw.meta_accounts")) == 17
    due = sharding.due_accounts(url, "meta", now=datetime.now(UTC))
    assert set(due) == {*SHARD} - {LIMITED, BROKEN}

    later(url, wait)
    outcomes, wait = attempt(url, platform, 2)
    assert outcomes == {LIMITED: "retrying", BROKEN: "retrying"}
    assert 240 <= wait <= 264

    later(url, wait)
    outcomes, wait = attempt(url, platform, 3)
    assert outcomes == {LIMITED: "retrying", BROKEN: "ok"}
    assert 3600 - 132 - 264 - 60 <= wait <= 3600 - 120 - 240
    assert platform.calls[LIMITED] == 1

    platform.limited = False
    later(url, wait)
    assert attempt(url, platform, 4) == ({LIMITED: "ok"}, 0.0)
    assert platform.calls[REVOKED] == 1
    assert {key for (key,) in rows(url, "select record_key from raw.meta_accounts")} == {*SHARD} - {REVOKED}
    assert set(rows(url, "select account_id, status from adsync.sync_state where status <> 'ok'")) == {
        (REVOKED, "reauth_required")
    }
    for _ in range(2):
        admin_notices.deliver(url, ["log"], lambda _: sent.append)
    assert [message.facts["account_id"] for message in sent] == [REVOKED]
