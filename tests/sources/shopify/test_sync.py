"""Shopify over several runs: long history in bulk, late journeys, notes shown once."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync.errors import ReportLost, TemporaryError
from adsync.extract.async_report import poll_report
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.ranges import DateRange
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.behavior import Behavior
from sandbox_fixtures import NOW, SHOPIFY, served, world

LONG, SHORT = 120, 30
BY_PAGES = """update adsync.accounts set options = '{"report_mode": "sync"}'"""
ORDERS = {one.id: one for one in world().store_orders(SHOPIFY)}


@dataclass
class Shop:
    """A warehouse and a running sandbox; `sync` is one run, whose only outcome it returns."""

    url: str
    base: str

    def environment(self, now=NOW):
        return SyncEnvironment(self.url, lambda name: sandbox_fixtures.credentials(name, self.base), lambda: now)

    def sync(self, now=NOW, **more):
        request = SyncRequest("shopify", (SHOPIFY,), "run", **{"respect_backoff": False, **more})
        [outcome] = asyncio.run(sync_accounts(request, self.environment(now))).accounts
        return outcome

    def finished(self, now=NOW):
        """Sync until no operation is waited for."""
        for _ in range(5):
            outcome = self.sync(now)
            if not outcome.pending_report:
                return outcome
        raise AssertionError("the bulk operation is never ready")

    def rows(self, query, *values):
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, values).fetchall()

    def execute(self, *statements):
        with psycopg.connect(self.url) as connection:
            for statement in statements:
                connection.execute(statement)

    def cursor(self, stream="orders"):
        return self.rows("select cursor from adsync.sync_state where stream = %s", stream)[0][0]

    def orders(self):
        return dict(self.rows("select record_key, payload from raw.shopify_orders"))


@pytest.fixture(scope="module")
def larger():
    """Large enough for journeys that are not ready."""
    return World.create(1, NOW, days=60, orders=20)


def unready(of):
    return {one.id for one in of.store_orders(SHOPIFY) if not one.journey.ready}


@pytest.fixture
def shop(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())

    @contextmanager
    def shop(*faults, history_days=LONG, known=None, **settings):
        sandbox_fixtures.link(warehouse_url, SHOPIFY, history_days=history_days)
        with served(faults, known, behavior=Behavior(**settings)) as base:
            yield Shop(warehouse_url, base)

    return shop


def test_long_history_is_read_by_one_bulk_operation(shop):
    with shop() as acme:
        first = acme.sync()
        assert (first.outcome, acme.orders()) == ("waiting", {})
        last = acme.finished()
        assert (last.outcome, last.error) == ("ok", None)
        assert set(acme.orders()) == set(ORDERS)
        assert last.call_stats.calls <= 8
        assert last.since == (NOW - timedelta(days=LONG)).date()


def test_a_long_requested_range_is_read_by_one_bulk_operation_and_moves_no_watermark(shop):
    days = DateRange((NOW - timedelta(days=59)).date(), (NOW + timedelta(days=1)).date())
    with shop(history_days=SHORT) as acme:
        acme.finished()
        before, watermark = acme.orders(), acme.cursor()
        acme.execute("delete from raw.shopify_orders")
        assert acme.sync(days=days).pending_report
        outcome = next(done for _ in range(5) if not (done := acme.sync(days=days)).pending_report)
        assert outcome.error is None
        assert {key: value for key, value in acme.orders().items() if key in before} == before
        assert acme.cursor()["through"] == watermark["through"]
        assert "report" not in acme.cursor()
        assert outcome.through == NOW.date()


def test_a_bulk_operation_is_polled_without_the_account(shop):
    with shop() as acme:
        waiting = acme.sync().pending_report
        polls = [asyncio.run(poll_report(acme.environment(), waiting)) for _ in range(3)]
        assert polls == [False, True, True]


def test_orders_of_a_bulk_operation_are_stored_as_those_of_pages(shop):
    with shop() as acme:
        acme.finished()
        in_bulk = acme.orders()
        acme.execute("delete from raw.shopify_orders", "update adsync.sync_state set cursor = '{}'", BY_PAGES)
        assert acme.sync().pending_report is None
        assert acme.orders() == in_bulk


def test_short_history_is_read_by_pages(shop):
    with shop(history_days=SHORT) as acme:
        assert acme.sync().outcome == "ok"
        assert "report" not in acme.cursor()
        assert acme.orders()


def test_after_a_bulk_operation_increments_come_by_pages_in_few_calls(shop):
    with shop() as acme:
        acme.finished()
        later = acme.sync(NOW + timedelta(minutes=30))
        assert (later.outcome, later.pending_report, later.call_stats.calls) == ("ok", None, 2)


def test_a_bulk_result_without_rows_has_no_url_and_is_not_an_error(shop):
    with shop() as acme:
        outcome = acme.finished(NOW + timedelta(days=1000))
        assert (outcome.outcome, acme.orders()) == ("ok", {})
        assert acme.cursor()["through"] == (NOW + timedelta(days=1000)).isoformat()


def test_one_bulk_operation_at_a_time_the_next_one_waits(shop):
    with shop() as acme:
        acme.sync()
        acme.execute("update adsync.sync_state set cursor = '{}'")
        outcome = acme.sync()
        assert (type(outcome.error).__name__, outcome.error.retry_after) == ("RateLimited", 300)
        assert "OPERATION_IN_PROGRESS" in str(outcome.error)


def test_quirk_1_a_journey_that_is_ready_later_is_read_again_though_its_order_did_not_move(shop, larger):
    waiting = unready(larger)
    assert waiting
    with shop(known=larger, journeys_ready_after=1) as acme:
        acme.finished()
        early = acme.orders()
        assert waiting <= set(acme.cursor()["again"])
        assert acme.sync(NOW + timedelta(minutes=50)).load_stats.changed == 0
        acme.sync(NOW + timedelta(minutes=70))
        late = acme.orders()
        assert not waiting & set(acme.cursor()["again"])
        for key in waiting:
            assert late[key]["updatedAt"] == early[key]["updatedAt"]
            assert not early[key]["customerJourneySummary"]["ready"]
            assert late[key]["customerJourneySummary"]["moments"]["nodes"]


def test_quirk_1_a_journey_that_is_never_ready_is_given_up_after_the_last_wait(shop, larger):
    with shop(known=larger) as acme:
        acme.finished()
        calls = [acme.sync(NOW + timedelta(hours=hours)).call_stats.calls for hours in (2, 3, 7, 8, 25, 49, 50)]
        assert calls == [3, 2, 3, 2, 3, 3, 2]
        assert acme.cursor()["again"] == {}


@pytest.mark.parametrize("fault", [Fault("shopify", "bulk_short", path="/bulk/"), Fault("shopify", "bulk_failed")])
def test_quirk_3_an_incomplete_bulk_result_changes_nothing(shop, fault):
    with shop(fault) as acme:
        outcome = next(one for one in (acme.sync() for _ in range(5)) if one.error)
        assert isinstance(outcome.error, TemporaryError)
        assert acme.orders() == {}
        assert "through" not in acme.cursor()
    kind = ReportLost if fault.kind == "bulk_failed" else TemporaryError
    assert type(outcome.error) is kind


def test_quirk_3_an_operation_that_failed_is_forgotten_and_the_next_run_orders_another(shop):
    with shop(Fault("shopify", "bulk_failed", calls=(1, 2, 3, 4, 5, 6, 7, 8))) as acme:
        assert isinstance(next(one.error for one in (acme.sync() for _ in range(5)) if one.error), ReportLost)
        assert "report" not in acme.cursor()
        assert acme.finished().outcome == "ok"
        assert set(acme.orders()) == set(ORDERS)


def test_data_with_errors_changes_nothing(shop):
    with shop(Fault("shopify", "partial_success", account="OrdersUpdated"), history_days=SHORT) as acme:
        outcome = acme.sync()
        assert isinstance(outcome.error, TemporaryError)
        assert acme.orders() == {}
        assert "through" not in acme.cursor()


def test_quirk_4_the_watermark_is_the_end_of_the_range_even_if_it_is_empty(shop):
    with shop() as acme:
        acme.finished()
        assert acme.cursor()["through"] == NOW.isoformat()
        later = NOW + timedelta(days=2)
        acme.sync(later)
        assert acme.cursor()["through"] == later.isoformat()
        assert "report" not in acme.cursor()


def test_quirk_4_an_interrupted_run_keeps_the_operation_s_id(shop):
    with shop(polls_until_ready=3) as acme:
        first = acme.sync()
        assert acme.cursor()["report"]["id"] == first.pending_report.report_id
        later = NOW + timedelta(hours=1)
        assert acme.sync(later).pending_report == first.pending_report
        assert acme.finished(later).outcome == "ok"
        assert acme.cursor()["through"] == later.isoformat()


@pytest.mark.parametrize("all_orders", [True, False])
def test_quirk_6_the_sixty_day_limit_is_noted_once_and_fails_nothing(shop, all_orders):
    with shop(read_all_orders=all_orders, history_days=SHORT) as acme:
        first, second = acme.sync(), acme.sync()
        assert (first.outcome, second.outcome) == ("ok", "ok")
        assert ("older than 60 days and their refunds are missing" in first.summary) == (not all_orders)
        assert "60 days" not in second.summary
        kept = acme.cursor("stores").get("notes", [])
        assert [note for note in kept if "read_all_orders" in note] == kept
        assert bool(kept) == (not all_orders)


def test_quirk_7_runs_overlap_by_ten_minutes_and_writing_twice_changes_nothing(shop):
    last = max(one.payment.updated_at for one in ORDERS.values())
    with shop(history_days=SHORT) as acme:
        acme.sync(last + timedelta(seconds=1))
        again = acme.sync(last + timedelta(minutes=9))
        assert again.load_stats.seen >= 1
        assert again.load_stats.changed == 0


def test_a_bulk_result_contains_no_personal_data_and_its_host_gets_no_token(shop):
    with shop() as acme:
        acme.finished()
        text = json.dumps(list(acme.orders().values()))
        for personal in ("buyer@example.com", "A Buyer", "gid://shopify/Customer/"):
            assert personal not in text
        assert datetime.fromisoformat(acme.cursor()["since"]).date() == (NOW - timedelta(days=LONG)).date()
