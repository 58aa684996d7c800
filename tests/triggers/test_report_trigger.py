import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from adsync.errors import PermanentError, TemporaryError
from adsync.triggers import report as module
from adsync.triggers.report import ReportTrigger

REPORTS = [
    {"platform": "tiktok", "account_id": "700", "conn_id": "tiktok_acme", "report_id": "r1"},
    {"platform": "tiktok", "account_id": "701", "conn_id": "tiktok_beta", "report_id": "r2"},
]


def trigger(*, polls=3, seconds=0.02, ago=0.0):
    started_at = datetime.now(UTC) - timedelta(seconds=ago)
    return ReportTrigger(
        source="tiktok", reports=REPORTS, poll_seconds=seconds, max_polls=polls, started_at=started_at.isoformat()
    )


@pytest.fixture
def platform(monkeypatch):
    """The platform's answers by report, one per poll; the last one is repeated. Returns the polls made."""
    polls = []

    def answers(**by_report):
        async def report_ready(environment, report):
            polls.append((environment, report.platform, report.account_id, report.conn_id, report.report_id))
            told = by_report[report.report_id]
            answer = told.pop(0) if len(told) > 1 else told[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(module, "report_ready", report_ready)
        monkeypatch.setattr(module, "environment", lambda: "surroundings")
        return polls

    return answers


async def fire(trigger):
    return [event.payload async for event in trigger.run()]


def test_what_crosses_to_the_triggerer_is_plain_json():
    classpath, arguments = trigger(polls=30, seconds=10.0).serialize()
    assert classpath == "adsync.triggers.report.ReportTrigger"
    assert arguments == json.loads(json.dumps(arguments))
    assert {name: value for name, value in arguments.items() if name != "started_at"} == {
        "source": "tiktok",
        "reports": REPORTS,
        "poll_seconds": 10.0,
        "max_polls": 30,
    }
    assert ReportTrigger(**arguments).serialize() == (classpath, arguments)


async def test_it_fires_once_when_every_report_is_ready(platform):
    polls = platform(r1=[True], r2=[False, True])
    assert await fire(trigger()) == [{"status": "ready", "message": "every report is ready"}]
    assert polls == [
        ("surroundings", "tiktok", "700", "tiktok_acme", "r1"),
        ("surroundings", "tiktok", "701", "tiktok_beta", "r2"),
        ("surroundings", "tiktok", "701", "tiktok_beta", "r2"),
    ]


async def test_after_the_last_poll_it_names_account_and_report(platform):
    polls = platform(r1=[True], r2=[False])
    [event] = await fire(trigger(polls=3, seconds=0.01))
    assert event == {
        "status": "timeout",
        "message": "not ready after 3 polls, one every 0.01 s: report r2 of tiktok 701",
    }
    assert len(polls) == 4


async def test_a_poll_that_fails_is_not_the_end(platform):
    platform(r1=[True], r2=[TemporaryError("bad gateway"), True])
    [event] = await fire(trigger())
    assert event["status"] == "ready"


async def test_a_permanent_error_is(platform):
    platform(r1=[True], r2=[PermanentError("the report does not exist")])
    assert await fire(trigger()) == [{"status": "failed", "message": "the report does not exist"}]


async def test_a_restarted_triggerer_goes_on_with_the_polls_that_are_left(platform):
    polls = platform(r1=[False], r2=[False])
    await fire(trigger(polls=10, seconds=0.05, ago=0.4))
    assert 2 <= len(polls) / 2 <= 3


async def test_a_triggerer_that_was_down_past_the_deadline_still_asks_once(platform):
    platform(r1=[True], r2=[True])
    [event] = await fire(trigger(ago=3600))
    assert event["status"] == "ready"


async def test_a_slow_secrets_backend_does_not_hold_up_the_triggerer(platform, monkeypatch):
    platform(r1=[True], r2=[True])
    monkeypatch.setattr(module, "environment", lambda: time.sleep(0.2))
    beats = 0

    async def heart():
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    beating = asyncio.create_task(heart())
    await fire(trigger())
    beating.cancel()
    assert beats > 10
