"""Records that are read again later, because they came unfinished."""

from datetime import UTC, datetime, timedelta

import pytest

from adsync.extract import reread_queue
from adsync.extract.reread_queue import RereadQueue
from adsync.models import Record
from adsync.sources.base import RereadPolicy
from adsync.state.stream_state import StreamState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WAITS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 48))
AGAIN = RereadPolicy(lambda record, _: record.payload == b"half", lambda *_: None, WAITS)


def at(hours, covered):
    return RereadQueue.of(AGAIN, covered, NOW + timedelta(hours=hours))


async def noted(found, *records):
    async def pages():
        yield [Record(key, None, payload) for key, payload in records]

    return [page async for page in found.noting(pages())]


@pytest.fixture
async def covered():
    found = at(0, StreamState(cursor={"through": "t"}))
    await noted(found, ("a", b"half"), ("b", b"whole"))
    return found.kept(StreamState(cursor={"through": "t"}))


async def test_what_is_unfinished_is_remembered_beside_the_watermark(covered):
    assert covered.cursor == {"through": "t", "again": {"a": ["2026-11-22T12:00:00+00:00", 0]}}


async def test_records_pass_unchanged():
    [[record]] = await noted(at(0, StreamState()), ("a", b"half"))
    assert record == Record("a", None, b"half")


@pytest.mark.parametrize(("hours", "due"), [(0, []), (0.9, []), (1, ["a"]), (100, ["a"])])
async def test_it_is_due_when_its_wait_is_over(covered, hours, due):
    assert at(hours, covered).due() == due


async def test_each_wait_brings_one_reading_and_after_the_last_it_is_given_up(covered):
    read = []
    for hours in (1, 1.5, 6, 7, 24, 47, 48, 49):
        found = at(hours, covered)
        if due := found.due():
            read.append(hours)
            covered = found.kept(covered, due)
    assert read == [1, 6, 24, 48]
    assert covered.cursor["again"] == {}


async def test_waits_that_were_slept_through_are_not_made_up_for(covered):
    found = at(30, covered)
    covered = found.kept(covered, found.due())
    assert at(31, covered).due() == []
    assert at(48, covered).due() == ["a"]


async def test_what_arrives_finished_is_forgotten(covered):
    found = at(1, covered)
    await noted(found, ("a", b"whole"))
    assert found.kept(covered, ["a"]).cursor["again"] == {}


async def test_what_arrives_unfinished_once_more_keeps_its_first_sight(covered):
    found = at(0.5, covered)
    await noted(found, ("a", b"half"))
    assert at(1, found.kept(covered)).due() == ["a"]


async def test_the_list_is_bounded_and_the_oldest_make_room(monkeypatch, covered):
    monkeypatch.setattr(reread_queue, "MAX_KEYS", 2)
    found = at(1, covered)
    await noted(found, ("b", b"half"), ("c", b"half"))
    assert set(found.kept(covered).cursor["again"]) == {"b", "c"}
