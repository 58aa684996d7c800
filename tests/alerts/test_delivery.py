import logging

import pytest

from adsync.alerts import delivery
from adsync.errors import TemporaryError
from adsync.notifications.channels.factory import open_channel, to_log

WANTS = "update adsync.workspaces set alerts = jsonb_build_object('channels', %(channels)s::text[])"


def channels(**known):
    """Returns a factory of the given channels; other names are opened without any connection."""
    return lambda name: {"log": to_log, **known}.get(name) or open_channel(name, pytest.fail)


def deliver(url, **known):
    return delivery.deliver(url, channels(**known))


@pytest.fixture
def alerted(warehouse):
    warehouse.fires()
    warehouse.update()
    return warehouse


def test_an_opened_alert_is_one_log_line(alerted, caplog):
    assert deliver(alerted.url) == 1
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "alert open: roas_drop (high) workspace=acme platform=meta campaign=c1 since " in record.getMessage()
    assert record.getMessage().endswith(": ROAS fell to 0.9 from 3.1")


def test_a_change_is_delivered_once(alerted):
    assert [deliver(alerted.url), deliver(alerted.url)] == [1, 0]


def test_a_closed_alert_is_delivered_too(alerted, caplog):
    deliver(alerted.url)
    alerted.quiet()
    alerted.update()
    assert deliver(alerted.url) == 1
    assert "alert closed: roas_drop" in caplog.text
    assert deliver(alerted.url) == 0


def test_an_alert_is_delivered_to_every_channel_of_the_workspace(alerted):
    sent = []
    alerted.execute(WANTS, channels=["log", "slack_ops"])
    deliver(alerted.url, slack_ops=sent.append)
    assert [message.facts["campaign_id"] for message in sent] == ["c1"]
    assert sent[0].facts["current"] == "0.900000"


def test_an_unknown_channel_is_reported_once_and_its_alerts_stay_undelivered(alerted, caplog):
    alerted.fires("c2")
    alerted.update()
    alerted.execute(WANTS, channels=["pigeon_ops"])
    assert deliver(alerted.url) == 0
    [record] = caplog.records
    assert "unknown channel 'pigeon_ops': use `log` or a connection id" in record.getMessage()
    sent = []
    assert deliver(alerted.url, pigeon_ops=sent.append) == 2


def test_an_unknown_channel_does_not_block_the_others(alerted):
    alerted.execute(WANTS, channels=["pigeon_ops", "log"])
    assert [deliver(alerted.url), deliver(alerted.url)] == [1, 0]


def test_a_failed_channel_receives_the_alert_later_and_the_others_only_once(alerted, caplog):
    sent, failing = [], True

    def slack(message):
        if failing:
            raise TemporaryError("channel slack_ops is unreachable")
        sent.append(message)

    alerted.execute(WANTS, channels=["log", "slack_ops"])
    assert [deliver(alerted.url, slack_ops=slack), deliver(alerted.url, slack_ops=slack)] == [1, 0]
    assert alerted.execute("select delivered_at from adsync.alerts") == [(None,)]
    failing = False
    assert [deliver(alerted.url, slack_ops=slack), deliver(alerted.url, slack_ops=slack)] == [1, 0]
    assert len(sent) == 1
    assert caplog.text.count("alert open") == 1
    assert caplog.text.count("delivery to channel slack_ops failed, retried in the next run") == 2
    assert alerted.execute("select delivered_at is null from adsync.alerts") == [(False,)]
