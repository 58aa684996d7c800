"""Accounts brought up to date from the sandbox into a real warehouse, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync import registry
from adsync.errors import ConfigError, ReauthRequired, TemporaryError
from adsync.extract import runner
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts, sync_until_reported
from adsync.orchestration import sharding
from adsync.ranges import DateRange
from adsync.state import leases
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.behavior import Behavior
from sandbox_fixtures import META, NOW, SHOPIFY, TIKTOK, served, world

NOT_ALLOWED = "7000000000000000003"
ALL_META = tuple(one.id for one in world().ad_accounts if one.platform == "meta")
TODAY = world().today("Asia/Riyadh")


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url)
    return warehouse_url


@pytest.fixture
def bring(url):
    """Bring accounts up to date once; faults are the platform's during this run."""

    def bring(
        source,
        *account_ids,
        faults=(),
        run_id="run",
        now=NOW,
        behavior=None,
        replaced=None,
        attempt=sync_accounts,
        **more,
    ):
        with served(faults, behavior=behavior) as base:
            environment = SyncEnvironment(
                url, replaced or (lambda c: sandbox_fixtures.credentials(c, base)), lambda: now
            )
            request = SyncRequest(source, account_ids, run_id, **{"respect_backoff": False, **more})
            return asyncio.run(attempt(request, environment, lambda _: None))

    return bring


def rows(url, query, *values):
    with psycopg.connect(url) as connection:
        return connection.execute(query, values).fetchall()


def written(url, stream):
    """Everything in a raw table but its payloads."""
    return rows(url, f"select account_id, record_key, metric_date, loaded_at, run_id from raw.{stream} order by 1, 2")


def spends(url, account_id=META):
    query = "select record_key, payload ->> 'spend' from raw.meta_campaign_metrics where account_id = %s"
    return dict(rows(url, query, account_id))


def known_spends(account_id=META):
    """What the world says, whatever its status: every campaign-day of the history."""
    return {
        f"{row.campaign.id}:{row.date}": f"{row.spend // 100}.{row.spend % 100:02d}"
        for row in world().deliveries(account_id)
    }


def coverage(url, account_id, stream="campaign_metrics"):
    query = "select covered_from, covered_through from adsync.sync_state where account_id = %s and stream = %s"
    [found] = rows(url, query, account_id, stream)
    return found


WHOLE = (TODAY - timedelta(days=sandbox_fixtures.DAYS - 1), TODAY)


def test_a_first_sync_brings_the_whole_history_and_says_so(url, bring):
    outcomes = bring("meta", META)
    assert spends(url) == known_spends()
    assert coverage(url, META) == WHOLE
    [outcome] = outcomes.accounts
    assert (outcome.outcome, outcome.since, outcome.through) == ("ok", *WHOLE)
    [journal] = rows(url, "select outcome, calls, rows_seen, rows_changed, bytes > 0 from adsync.sync_runs")
    assert journal == ("ok", outcome.call_stats.calls, outcome.load_stats.seen, outcome.load_stats.seen, True)
    [state] = rows(url, "select distinct status, consecutive_failures, lease_owner from adsync.sync_state")
    assert state == ("ok", 0, None)
    [account] = rows(url, "select name, currency, timezone from adsync.accounts where native_id = %s", META)
    assert account == ("Acme Export", "USD", "Europe/London")


def test_the_newest_days_come_first(url, bring):
    bring("meta", META, faults=[Fault("meta", "server_error", path="/insights", calls=tuple(range(2, 99)))])
    since, through = coverage(url, META)
    assert through == TODAY
    assert since == TODAY - timedelta(days=29)
    assert min(day for (day,) in rows(url, "select metric_date from raw.meta_campaign_metrics")) == since


@pytest.mark.parametrize(
    ("source", "account_id", "tables"),
    [
        ("meta", META, ("meta_accounts", "meta_campaigns", "meta_campaign_metrics")),
        ("tiktok", NOT_ALLOWED, ("tiktok_accounts", "tiktok_campaigns", "tiktok_campaign_metrics")),
        ("shopify", SHOPIFY, ("shopify_stores", "shopify_orders")),
    ],
)
def test_a_second_run_changes_no_row(url, bring, source, account_id, tables):
    bring(source, account_id, run_id="first")
    before = [written(url, table) for table in tables]
    assert all(before)
    ledger = rows(url, "select count(*) from raw.observations")
    [second] = bring(source, account_id, run_id="second").accounts
    assert [written(url, table) for table in tables] == before
    assert rows(url, "select count(*) from raw.observations") == ledger
    assert (second.outcome, second.load_stats.changed) == ("ok", 0)
    assert second.load_stats.seen > 0


def test_a_restated_day_rewrites_only_its_rows(url, bring):
    bring("meta", META, run_id="first")
    day = TODAY - timedelta(days=1)
    [second] = bring(
        "meta", META, run_id="second", faults=[Fault("meta", "restated_day", day=str(day), path="/insights")]
    ).accounts
    moved = rows(url, "select distinct metric_date from raw.meta_campaign_metrics where run_id = 'second'")
    assert moved == [(day,)]
    assert (
        second.load_stats.changed
        == rows(url, "select count(*) from raw.meta_campaign_metrics where run_id = 'second'")[0][0]
    )


def test_a_failing_page_leaves_no_half_unit_and_the_next_run_completes(url, bring):
    broken = Fault("meta", "server_error", path="/insights", calls=(1, 2, 3))
    [first] = bring("meta", META, faults=[broken]).accounts
    assert (first.outcome, type(first.error)) == ("retrying", TemporaryError)
    assert spends(url) == {}
    assert coverage(url, META) == (None, None)
    assert rows(url, "select count(*) from raw.observations") == [(0,)]
    [second] = bring("meta", META, run_id="next").accounts
    assert second.outcome == "ok"
    assert spends(url) == known_spends()


def test_an_interrupted_first_sync_goes_on_with_what_is_left(url, bring):
    bring("meta", META, faults=[Fault("meta", "server_error", path="/insights", calls=tuple(range(2, 99)))])
    kept = written(url, "meta_campaign_metrics")
    [second] = bring("meta", META, run_id="next").accounts
    assert set(kept) <= set(written(url, "meta_campaign_metrics"))
    assert spends(url) == known_spends()
    assert coverage(url, META) == WHOLE
    assert second.load_stats.changed == len(known_spends()) - len(kept)


def test_a_report_too_large_for_the_platform_is_read_in_halves(url, bring):
    slow = Fault("tiktok", "too_much_data", path="report/integrated", calls=(1, 2))
    [outcome] = bring("tiktok", NOT_ALLOWED, faults=[slow]).accounts
    assert outcome.outcome == "ok"
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(NOT_ALLOWED))


def test_one_account_is_dead_and_the_others_are_done(url, bring):
    dead = ALL_META[3]
    outcomes = bring("meta", *ALL_META, faults=[Fault("meta", "token_expired", account=f"act_{dead}")])
    assert {each.account.account_id: each.outcome for each in outcomes.accounts} == {
        one: "failed" if one == dead else "ok" for one in ALL_META
    }
    states = rows(url, "select account_id, status from adsync.sync_state group by 1, 2")
    assert dict(states) == {one: "reauth_required" if one == dead else "ok" for one in ALL_META}
    assert dict(rows(url, "select account_id, outcome from adsync.sync_runs")) == {
        one: "failed" if one == dead else "ok" for one in ALL_META
    }
    [notice] = rows(url, "select platform, account_id, error_class, message, closed_at from adsync.admin_notices")
    assert notice[:3] == ("meta", dead, "ReauthRequired")
    assert "log in to Meta again" in notice[3]
    assert notice[4] is None
    bring("meta", dead, run_id="recovered")
    [(closed, status)] = rows(
        url,
        "select closed_at is not null, (select distinct status from adsync.sync_state where account_id = n.account_id)"
        " from adsync.admin_notices n",
    )
    assert (closed, status) == (True, "ok")


def test_a_last_attempt_that_fails_asks_a_person_and_plans_no_retry(url, bring):
    broken = Fault("meta", "server_error", path="/insights")
    [early] = bring("meta", META, faults=[broken]).accounts
    assert early.retry_in is not None
    assert META not in sharding.due_accounts(url, "meta", now=datetime.now(UTC))
    [last] = bring("meta", META, faults=[broken], attempt=sync_accounts, final_attempt=True).accounts
    assert (last.outcome, last.retry_in) == ("failed", None)
    assert rows(url, "select status, retry_at from adsync.sync_state limit 1") == [("failed", None)]
    assert rows(url, "select count(*) from adsync.admin_notices") == [(1,)]


def test_a_missing_connection_fails_that_account_only(url, bring):
    with served() as base:

        def known(conn_id):
            if conn_id == "meta_acme":
                raise ConfigError("unknown connection 'meta_acme' in conn_id")
            return sandbox_fixtures.credentials(conn_id, base)

        outcomes = bring("meta", META, ALL_META[2], replaced=known)
    words = {each.account.account_id: each.outcome for each in outcomes.accounts}
    assert words == {META: "failed", ALL_META[2]: "ok"}
    assert spends(url) == {}


# Leases


async def seen(url, query):
    # What another transaction writes sets no event here.
    for _ in range(1000):
        if rows(url, query):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never seen: {query}")


def test_two_runs_at_once_read_an_account_once(url):
    with served([Fault("meta", "slow", wait=0.3)]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def both():
            one, two = (sync_accounts(SyncRequest("meta", (META,), run), environment) for run in ("one", "two"))
            return [outcome for shard in await asyncio.gather(one, two) for outcome in shard.accounts]

        outcomes = asyncio.run(both())
    busy, done = sorted(outcomes, key=lambda each: each.outcome)
    assert (busy.outcome, done.outcome) == ("elsewhere", "ok")
    assert "skipped, another run is syncing it" in busy.summary
    assert busy.call_stats.calls == 0
    assert spends(url) == known_spends()
    assert rows(url, "select outcome from adsync.sync_runs order by 1") == [("elsewhere",), ("ok",)]
    assert rows(url, "select distinct status, lease_owner from adsync.sync_state") == [("ok", None)]


def test_days_that_were_asked_for_are_waited_for_while_another_run_reads_the_account(url):
    """The other run does not read those days; so this one is not done, and nothing is journaled of it."""
    window = DateRange(NOW.date() - timedelta(days=9), NOW.date() - timedelta(days=8))
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into adsync.sync_state (platform, account_id, stream, lease_owner, lease_until) "
            "select 'meta', %s, unnest(%s::text[]), 'sync_meta/hourly', now() + interval '1 hour'",
            (META, [stream.name for stream in registry.load("meta").streams]),
        )
    with served() as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)
        restate = asyncio.run(sync_accounts(SyncRequest("meta", (META,), "restate", days=window), environment))
    assert restate.only_waiting_for_lease
    [busy] = restate.accounts
    assert busy.retry_in == timedelta(seconds=20)
    assert f"next try {busy.next_try}: another run is syncing it" in busy.summary
    assert rows(url, "select run_id, outcome from adsync.sync_runs") == []


def test_an_account_whose_wait_is_not_over_is_left_alone_by_a_patient_run(url, bring):
    bring("meta", META, faults=[Fault("meta", "rate_limited", wait=3600)])
    before = rows(url, "select * from adsync.sync_state order by stream")
    [early] = bring("meta", META, respect_backoff=True).accounts
    assert (early.outcome, early.call_stats.calls) == ("retrying", 0)
    assert f"next try {early.next_try}: still backing off after an earlier failure" in early.summary
    assert timedelta(minutes=50) < early.retry_in <= timedelta(hours=1)
    assert [row[3:7] for row in rows(url, "select * from adsync.sync_state order by stream")] == [
        row[3:7] for row in before
    ]
    assert bring("meta", META).accounts[0].outcome == "ok"


def test_a_run_that_lost_its_lease_writes_no_further_unit_and_leaves_the_state_alone(url):
    with served([Fault("meta", "slow", wait=0.8, path="/insights")]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def robbed():
            running = asyncio.create_task(sync_accounts(SyncRequest("meta", (META,), "slow"), environment))
            await seen(url, "select from raw.meta_campaigns")
            with psycopg.connect(url) as connection:
                connection.execute("update adsync.sync_state set lease_owner = 'quick', status = 'ok'")
            return await running

        [outcome] = asyncio.run(robbed()).accounts
    assert "lease lost to another run; this batch was rolled back" in outcome.summary
    assert spends(url) == {}
    assert rows(url, "select distinct status, lease_owner from adsync.sync_state") == [("ok", "quick")]


def test_leases_are_kept_while_others_of_the_shard_are_read_and_never_shortened(monkeypatch, url):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.4))
    with served([Fault("meta", "slow", wait=0.5, path="/insights")]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def watched():
            running = asyncio.create_task(sync_accounts(SyncRequest("meta", (META,), "run"), environment))
            await seen(url, "select from raw.meta_campaigns")
            with psycopg.connect(url) as connection:
                connection.execute("update adsync.sync_state set lease_until = now() where stream = 'accounts'")
                connection.execute(
                    "update adsync.sync_state set lease_until = now() + interval '1 hour' where stream = 'campaigns'"
                )
            await asyncio.sleep(0.3)
            left = dict(rows(url, "select stream, lease_until - now() from adsync.sync_state"))
            await running
            return left

        left = asyncio.run(watched())
    assert left["accounts"] > timedelta(0)
    assert left["campaigns"] > timedelta(minutes=59)


CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
    and query ~* 'temporary table staged_records|copy staged_records'
"""


def test_a_warehouse_that_broke_off_is_a_failure_of_that_attempt_alone(url):
    with served([Fault("meta", "slow", wait=0.5, path="/insights")]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def cut():
            running = asyncio.create_task(sync_accounts(SyncRequest("meta", (META,), "run"), environment))
            await seen(url, "select from raw.meta_campaigns")
            await seen(url, CUT)
            return await running

        [outcome] = asyncio.run(cut()).accounts
        assert outcome.outcome == "retrying"
        assert "lost connection to the warehouse" in outcome.summary
        assert rows(url, "select outcome from adsync.sync_runs") == [("retrying",)]
        assert rows(url, "select distinct status, lease_owner from adsync.sync_state") == [("retrying", None)]
        asyncio.run(sync_accounts(SyncRequest("meta", (META,), "next", respect_backoff=False), environment))
    assert spends(url) == known_spends()


# Asked days


def test_an_asked_window_replaces_the_planned_days_and_claims_no_gap(url, bring):
    old = DateRange(TODAY - timedelta(days=35), TODAY - timedelta(days=33))
    bring("meta", META, run_id="first", days=DateRange(TODAY - timedelta(days=3), TODAY + timedelta(days=1)))
    [outcome] = bring("meta", META, run_id="second", days=old).accounts
    assert (outcome.since, outcome.through) == (old.since, old.last_day)
    assert coverage(url, META) == (TODAY - timedelta(days=3), TODAY)
    days = {day for (day,) in rows(url, "select metric_date from raw.meta_campaign_metrics where run_id = 'second'")}
    assert days == {old.since, old.last_day}
    bring("meta", META, run_id="third")
    assert spends(url) == known_spends()


def test_asked_days_of_a_store_are_days_of_its_zone_and_move_no_watermark(url, bring):
    day = TODAY - timedelta(days=5)
    bring("shopify", SHOPIFY, days=DateRange(day, day + timedelta(days=1)))
    moments = rows(
        url, "select (payload ->> 'updatedAt')::timestamptz at time zone 'Asia/Riyadh' from raw.shopify_orders"
    )
    assert {moment.date() for (moment,) in moments} == {day}
    assert coverage(url, SHOPIFY, "orders") == (None, None)


# Reports


def awaited(monkeypatch):
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.01)
    return sync_until_reported


def cursor_of(url):
    [(cursor,)] = rows(url, "select cursor from adsync.sync_state where stream = 'campaign_metrics'")
    return cursor


def test_a_report_is_ordered_waited_for_and_read(monkeypatch, url, bring):
    [outcome] = bring("tiktok", TIKTOK, attempt=awaited(monkeypatch)).accounts
    assert outcome.outcome == "ok"
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(TIKTOK))
    assert coverage(url, TIKTOK)[1] - coverage(url, TIKTOK)[0] == timedelta(days=sandbox_fixtures.DAYS - 1)
    assert cursor_of(url) == {}
    words = [word for (word,) in rows(url, "select outcome from adsync.sync_runs order by sync_run_id")]
    assert words == ["waiting", "waiting", "ok"]


def test_an_account_that_waits_is_leased_and_not_planned(url, bring):
    outcomes = bring("tiktok", TIKTOK)
    assert [report.account_id for report in outcomes.pending_reports] == [TIKTOK]
    outcomes.raise_for_failures()
    [(left,)] = rows(url, "select distinct lease_until - now() from adsync.sync_state")
    assert left > timedelta(minutes=9)


def with_one_sandbox(url, faults, *requests):
    """Several attempts at one platform that remembers its reports; each with the cursor it left."""
    with served(faults, behavior=Behavior(polls_until_ready=1)) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)
        return [(asyncio.run(sync_accounts(request, environment)).accounts[0], cursor_of(url)) for request in requests]


def test_a_report_survives_a_poll_that_failed(url):
    broken = Fault("tiktok", "server_error", path="task/check", calls=(1, 2, 3))
    request = SyncRequest("tiktok", (TIKTOK,), "run", respect_backoff=False)
    (first, ordered), (second, _), (third, left) = with_one_sandbox(url, [broken], request, request, request)
    assert (first.outcome, second.outcome, third.outcome) == ("retrying", "waiting", "ok")
    assert second.pending_report.report_id == ordered["report"]["id"]
    assert left == {}
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(TIKTOK))


def test_a_report_that_the_platform_does_not_know_any_more_is_ordered_anew(url):
    request = SyncRequest("tiktok", (TIKTOK,), "run", respect_backoff=False)
    [(first, _)] = with_one_sandbox(url, [], request)
    (second, forgotten), (third, _) = with_one_sandbox(url, [], request, request)
    assert (first.outcome, second.outcome, third.outcome) == ("waiting", "failed", "waiting")
    assert forgotten == {}


def test_the_report_of_another_run_is_not_taken_for_the_asked_days(url):
    day = TODAY - timedelta(days=60)
    asked = DateRange(day, day + timedelta(days=1))
    requests = [SyncRequest("tiktok", (TIKTOK,), "run", days=window) for window in (None, asked)]
    _, (second, _) = with_one_sandbox(url, [], *requests)
    assert second.outcome == "ok"
    assert second.since == day


def test_an_app_that_may_not_order_reports_reads_at_once_and_remembers(url, bring):
    bring("tiktok", NOT_ALLOWED)
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(NOT_ALLOWED))
    assert cursor_of(url) == {"report_refused_at": NOW.isoformat()}


# Orders


def test_orders_are_those_of_the_history_without_personal_data(url, bring):
    bring("shopify", SHOPIFY)
    known = {one.id for one in world().store_orders(SHOPIFY)}
    assert {key for (key,) in rows(url, "select record_key from raw.shopify_orders")} == known
    text = json.dumps([payload for (payload,) in rows(url, "select payload from raw.shopify_orders")])
    assert "gid://shopify/Customer/" not in text
    assert "buyer@example.com" not in text
    cursor = rows(url, "select cursor from adsync.sync_state where stream = 'orders'")[0][0]
    assert cursor["through"] == NOW.isoformat()
    assert date.fromisoformat(cursor["since"][:10]) <= WHOLE[0]


def test_an_error_names_no_secret_in_state_and_journal(url, bring):
    bring("meta", "903456789012", faults=[Fault("meta", "token_expired")])
    told = str(rows(url, "select s.*, r.* from adsync.sync_state s, adsync.sync_runs r"))
    assert "ReauthRequired" in told
    assert "fern-and-moss" not in told
    assert "sandbox-meta-token" not in told


def test_reauthorisation_is_not_retried(bring):
    [outcome] = bring("meta", META, faults=[Fault("meta", "token_expired")]).accounts
    assert isinstance(outcome.error, ReauthRequired)
    assert outcome.retry_in is None
