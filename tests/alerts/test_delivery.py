import logging

import pytest

from adsync.alerts import delivery
from adsync.errors import TemporaryError
from adsync.notifications.channels.factory import open_channel, to_log

WANTS = "update adsync.workspaces set alerts = jsonb_build_object('channels', %(channels)s::text[])"


def channels(**known):
    """Open those channels by name; any other as the product does, and no connection exists."""
    return lambda name: {"log": to_log, **known}.get(name) or open_channel(name, pytest.fail)


def deliver(url, **known):
    return delivery.deliver(url, channels(**known))


@pytest.fixture
def alerted(warehouse):
    warehouse.fires()
    warehouse.update()
    return warehouse


def test_an_opened_alert_becomes_one_readable_log_line(alerted, caplog):
    assert deliver(alerted.url) == 1
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "alert open: roas_drop (high) workspace=acme platform=meta campaign=c1 since " in record.getMessage()
    assert record.getMessage().endswith(": ROAS fell to 0.9 from 3.1")


def test_a_change_is_delivered_once(alerted):
    assert [deliver(alerted.url), deliver(alerted.url)] == [1, 0]


def test_closing_is_a_change_of_its_own(alerted, caplog):
    deliver(alerted.url)
    alerted.quiet()
    alerted.update()
    assert deliver(alerted.url) == 1
    assert "alert closed: roas_drop" in caplog.text
    assert deliver(alerted.url) == 0


def test_every_channel_of_the_workspace_gets_it(alerted):
    sent = []
    alerted.execute(WANTS, channels=["log", "slack_ops"])
    deliver(alerted.url, slack_ops=sent.append)
    assert [message.facts["campaign_id"] for message in sent] == ["c1"]
    assert sent[0].facts["current"] == "0.900000"


def test_an_unknown_channel_is_named_once_and_its_alerts_wait_for_it(alerted, caplog):
    alerted.fires("c2")
    alerted.update()
    alerted.execute(WANTS, channels=["pigeon_ops"])
    assert deliver(alerted.url) == 0
    [record] = caplog.records
    assert "'pigeon_ops' is no channel: write log, or the id of a connection" in record.getMessage()
    sent = []
    assert deliver(alerted.url, pigeon_ops=sent.append) == 2


def test_a_known_channel_delivers_although_another_is_unknown(alerted):
    alerted.execute(WANTS, channels=["pigeon_ops", "log"])
    assert [deliver(alerted.url), deliver(alerted.url)] == [1, 0]


def test_what_one_channel_could_not_take_it_alone_gets_later(alerted, caplog):
    sent, failing = [], True

    def slack(message):
        if failing:
            raise TemporaryError("channel slack_ops cannot be reached")
        sent.append(message)

    alerted.execute(WANTS, channels=["log", "slack_ops"])
    assert [deliver(alerted.url, slack_ops=slack), deliver(alerted.url, slack_ops=slack)] == [1, 0]
    assert alerted.execute("select delivered_at from adsync.alerts") == [(None,)]
    failing = False
    assert [deliver(alerted.url, slack_ops=slack), deliver(alerted.url, slack_ops=slack)] == [1, 0]
    assert len(sent) == 1
    assert caplog.text.count("alert open") == 1
    assert caplog.text.count("messages for the channel slack_ops wait") == 2
    assert alerted.execute("select delivered_at is null from adsync.alerts") == [(False,)]
