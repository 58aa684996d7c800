"""Unfinished records are read again by key."""

from datetime import UTC, datetime, timedelta

import pytest

from adsync.extract import reread_queue
from adsync.extract.reread_queue import RereadQueue
from adsync.models import Record
from adsync.sources.base import RereadPolicy
from adsync.state.stream_state import StreamState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DELAYS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 48))
POLICY = RereadPolicy(lambda record, _: record.payload == b"half", lambda *_: None, DELAYS)


def queue_after(hours, state, rereading=()):
    return RereadQueue.load(POLICY, state, NOW + timedelta(hours=hours), rereading)


def observe(queue, *records):
    queue.observe([Record(key, None, payload) for key, payload in records])


@pytest.fixture
def state():
    """A stream whose record `a` is unfinished."""
    before = StreamState(cursor={"through": "t"})
    queue = queue_after(0, before)
    observe(queue, ("a", b"half"), ("b", b"whole"))
    return queue.add_to(before)


def test_unfinished_records_are_queued_in_the_cursor(state):
    assert state.cursor == {"through": "t", "again": {"a": ["2026-11-22T12:00:00+00:00", 0]}}


@pytest.mark.parametrize(("hours", "due"), [(0, []), (0.9, []), (1, ["a"]), (100, ["a"])])
def test_a_key_is_due_when_its_delay_has_passed(state, hours, due):
    assert queue_after(hours, state).due() == due


def test_each_delay_leads_to_one_reread_and_the_last_removes_the_key(state):
    read_after = []
    for hours in (1, 1.5, 6, 7, 24, 47, 48, 49):
        if due := queue_after(hours, state).due():
            read_after.append(hours)
            state = queue_after(hours, state, due).add_to(state)
    assert read_after == [1, 6, 24, 48]
    assert state.cursor["again"] == {}


def test_a_late_reread_uses_up_all_delays_that_have_passed(state):
    state = queue_after(30, state, queue_after(30, state).due()).add_to(state)
    assert queue_after(31, state).due() == []
    assert queue_after(48, state).due() == ["a"]


def test_a_record_that_arrives_finished_leaves_the_queue(state):
    queue = queue_after(1, state, ["a"])
    observe(queue, ("a", b"whole"))
    assert queue.add_to(state).cursor["again"] == {}


def test_a_record_that_arrives_unfinished_again_keeps_its_first_time(state):
    queue = queue_after(0.5, state)
    observe(queue, ("a", b"half"))
    assert queue_after(1, queue.add_to(state)).due() == ["a"]


def test_the_queue_is_bounded_and_drops_the_oldest_keys(monkeypatch, state):
    monkeypatch.setattr(reread_queue, "MAX_KEYS", 2)
    queue = queue_after(1, state)
    observe(queue, ("b", b"half"), ("c", b"half"))
    assert set(queue.add_to(state).cursor["again"]) == {"b", "c"}
