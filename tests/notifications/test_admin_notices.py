from __future__ import annotations

import psycopg
import pytest

import sandbox_fixtures
from adsync.errors import ReauthRequired, TemporaryError
from adsync.notifications import admin_notices
from adsync.notifications.channels.factory import to_log
from adsync.state.sync_state import SyncStateStore
from adsync.warehouse.connection import connect

STREAMS = ["accounts"]


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, sandbox_fixtures.META)
    return warehouse_url


async def happens(url, error=None):
    async with connect(url) as connection:
        ledger = SyncStateStore(connection, sandbox_fixtures.account("meta"), "run")
        await ledger.acquire_lease(STREAMS)
        await (ledger.mark_failed(error, None) if error else ledger.mark_ok(STREAMS))


class Slack(list):
    down = False

    def __call__(self, message):
        if self.down:
            raise TemporaryError("channel slack_ops is unreachable")
        self.append(message)


@pytest.fixture
def slack():
    return Slack()


def deliver(url, slack, channels=("slack_ops",)):
    return admin_notices.deliver(url, channels, {"slack_ops": slack, "log": to_log}.__getitem__)


async def test_a_notice_is_delivered_once_when_it_opens_and_once_when_it_closes(url, slack):
    for _ in range(2):
        await happens(url, ReauthRequired("log in to Meta again"))
        deliver(url, slack)
    for _ in range(2):
        await happens(url)
        deliver(url, slack)
    opened, closed = slack
    assert opened.subject == f"[adsync] Action required: meta account {sandbox_fixtures.META} (workspace acme)"
    assert opened.text == (
        f"Sync stopped for meta account {sandbox_fixtures.META} (workspace acme): ReauthRequired: log in to Meta again"
    )
    account = f"meta account {sandbox_fixtures.META} (workspace acme)"
    assert closed.subject == f"[adsync] Resolved: {account}"
    assert closed.text.startswith(f"Sync resumed for {account}, stopped since 2")
    assert closed.facts["status"] == "closed"
    await happens(url, ReauthRequired("again"))
    assert deliver(url, slack) == 1


async def test_a_delivered_notice_is_marked(url, slack):
    await happens(url, ReauthRequired("log in"))
    deliver(url, slack)
    with psycopg.connect(url) as connection:
        assert connection.execute("select delivered_at is null from adsync.admin_notices").fetchall() == [(False,)]


async def test_a_failed_channel_receives_the_notice_later_and_the_others_only_once(url, slack, caplog):
    await happens(url, ReauthRequired("log in"))
    slack.down = True
    assert deliver(url, slack, ("log", "slack_ops")) == 1
    slack.down = False
    assert deliver(url, slack, ("log", "slack_ops")) == 1
    assert deliver(url, slack, ("log", "slack_ops")) == 0
    assert len(slack) == 1
    assert caplog.text.count("Sync stopped") == 1


async def test_a_channel_without_the_opening_does_not_receive_the_closing(url, slack):
    await happens(url, ReauthRequired("log in"))
    await happens(url)
    assert deliver(url, slack) == 0
    assert slack == []
