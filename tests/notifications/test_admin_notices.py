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
        await ledger.take(STREAMS)
        await (ledger.fail(error, None) if error else ledger.succeed(STREAMS))


class Slack(list):
    down = False

    def __call__(self, message):
        if self.down:
            raise TemporaryError("channel slack_ops cannot be reached")
        self.append(message)


@pytest.fixture
def slack():
    return Slack()


def deliver(url, slack, channels=("slack_ops",)):
    return admin_notices.deliver(url, channels, {"slack_ops": slack, "log": to_log}.__getitem__)


async def test_an_episode_is_told_once_and_its_end_once(url, slack):
    for _ in range(2):
        await happens(url, ReauthRequired("log in to Meta again"))
        deliver(url, slack)
    for _ in range(2):
        await happens(url)
        deliver(url, slack)
    opened, closed = slack
    assert opened.subject == f"adsync: meta {sandbox_fixtures.META} of workspace acme needs you"
    assert opened.text.endswith("stands still (ReauthRequired): log in to Meta again")
    assert "is up to date again (it stood still since " in closed.text
    assert closed.facts["status"] == "closed"
    await happens(url, ReauthRequired("again"))
    assert deliver(url, slack) == 1


async def test_delivery_is_marked_in_the_notice(url, slack):
    await happens(url, ReauthRequired("log in"))
    deliver(url, slack)
    with psycopg.connect(url) as connection:
        assert connection.execute("select delivered_at is null from adsync.admin_notices").fetchall() == [(False,)]


async def test_a_channel_that_was_down_gets_it_later_and_the_others_do_not_get_it_twice(url, slack, caplog):
    await happens(url, ReauthRequired("log in"))
    slack.down = True
    assert deliver(url, slack, ("log", "slack_ops")) == 1
    slack.down = False
    assert deliver(url, slack, ("log", "slack_ops")) == 1
    assert deliver(url, slack, ("log", "slack_ops")) == 0
    assert len(slack) == 1
    assert caplog.text.count("stands still") == 1


async def test_who_never_heard_of_it_does_not_hear_of_its_end(url, slack):
    await happens(url, ReauthRequired("log in"))
    await happens(url)
    assert deliver(url, slack) == 0
    assert slack == []
