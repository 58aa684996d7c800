import logging

import pytest

from adsync.alerts.delivery import CHANNELS, deliver
from adsync.alerts.episodes import update_episodes

WANTS = "update adsync.workspaces set alerts = jsonb_build_object('channels', %(channels)s::text[])"


@pytest.fixture
def alerted(warehouse):
    warehouse.fires()
    update_episodes(warehouse.url)
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
    update_episodes(alerted.url)
    assert deliver(alerted.url) == 1
    assert "alert closed: roas_drop" in caplog.text


def test_every_channel_of_the_workspace_gets_it(alerted):
    sent = []
    alerted.execute(WANTS, channels=["log", "slack_ops"])
    deliver(alerted.url, {**CHANNELS, "slack_ops": sent.append})
    assert [alert.campaign_id for alert in sent] == ["c1"]


def test_an_unknown_channel_is_named_once_and_its_alerts_wait_for_it(alerted, caplog):
    alerted.fires("c2")
    update_episodes(alerted.url)
    alerted.execute(WANTS, channels=["slack_ops"])
    assert deliver(alerted.url) == 0
    [record] = caplog.records
    assert record.getMessage() == "workspace acme wants alerts on 'slack_ops', which is no channel; known: log"
    sent = []
    assert deliver(alerted.url, {"slack_ops": sent.append}) == 2


def test_a_known_channel_delivers_although_another_is_unknown(alerted):
    alerted.execute(WANTS, channels=["slack_ops", "log"])
    assert [deliver(alerted.url), deliver(alerted.url)] == [1, 0]
