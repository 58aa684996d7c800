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
    """Scripts the platform's answers by report, one per poll, the last one repeated; returns the polls made."""
    polls = []

    def script(**by_report):
        async def poll_report(environment, report):
            polls.append((environment, report.platform, report.account_id, report.conn_id, report.report_id))
            answers = by_report[report.report_id]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(module, "poll_report", poll_report)
        monkeypatch.setattr(module, "environment", lambda: "surroundings")
        return polls

    return script


async def fire(trigger):
    return [event.payload async for event in trigger.run()]


def test_the_trigger_is_serialized_as_plain_json():
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
    assert await fire(trigger()) == [{"status": "ready", "message": "all reports ready"}]
    assert polls == [
        ("surroundings", "tiktok", "700", "tiktok_acme", "r1"),
        ("surroundings", "tiktok", "701", "tiktok_beta", "r2"),
        ("surroundings", "tiktok", "701", "tiktok_beta", "r2"),
    ]


async def test_a_timeout_names_account_and_report(platform):
    polls = platform(r1=[True], r2=[False])
    [event] = await fire(trigger(polls=3, seconds=0.01))
    assert event == {
        "status": "timeout",
        "message": "not ready after 3 polls, one every 0.01 s: report r2 of tiktok 701",
    }
    assert len(polls) == 4


async def test_a_failed_poll_is_repeated(platform):
    platform(r1=[True], r2=[TemporaryError("bad gateway"), True])
    [event] = await fire(trigger())
    assert event["status"] == "ready"


async def test_a_permanent_error_ends_the_wait(platform):
    platform(r1=[True], r2=[PermanentError("the report does not exist")])
    assert await fire(trigger()) == [{"status": "failed", "message": "the report does not exist"}]


async def test_a_restarted_triggerer_continues_with_the_remaining_polls(platform):
    polls = platform(r1=[False], r2=[False])
    await fire(trigger(polls=10, seconds=0.05, ago=0.4))
    assert 2 <= len(polls) / 2 <= 3


async def test_a_triggerer_started_after_the_last_poll_still_polls_once(platform):
    platform(r1=[True], r2=[True])
    [event] = await fire(trigger(ago=3600))
    assert event["status"] == "ready"


async def test_a_slow_secrets_backend_does_not_block_the_triggerer(platform, monkeypatch):
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
