"""Accounts synced from the sandbox to a real warehouse over HTTP."""

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
def sync(url):
    """Syncs accounts once; `faults` are the platform's during this run."""

    def sync(
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

    return sync


def rows(url, query, *values):
    with psycopg.connect(url) as connection:
        return connection.execute(query, values).fetchall()


def written(url, stream):
    """Every column of a raw table but the payload."""
    return rows(url, f"select account_id, record_key, metric_date, loaded_at, run_id from raw.{stream} order by 1, 2")


def spends(url, account_id=META):
    query = "select record_key, payload ->> 'spend' from raw.meta_campaign_metrics where account_id = %s"
    return dict(rows(url, query, account_id))


def known_spends(account_id=META):
    """Every campaign day of the generated history, whatever the campaign's status."""
    return {
        f"{row.campaign.id}:{row.date}": f"{row.spend // 100}.{row.spend % 100:02d}"
        for row in world().deliveries(account_id)
    }


def coverage(url, account_id, stream="campaign_metrics"):
    query = "select covered_from, covered_through from adsync.sync_state where account_id = %s and stream = %s"
    [found] = rows(url, query, account_id, stream)
    return found


WHOLE = (TODAY - timedelta(days=sandbox_fixtures.DAYS - 1), TODAY)


def test_a_first_sync_loads_the_whole_history_and_records_it(url, sync):
    result = sync("meta", META)
    assert spends(url) == known_spends()
    assert coverage(url, META) == WHOLE
    [account] = result.accounts
    assert (account.outcome, account.since, account.through) == ("ok", *WHOLE)
    [attempt] = rows(url, "select outcome, calls, rows_seen, rows_changed, bytes > 0 from adsync.sync_runs")
    assert attempt == ("ok", account.call_stats.calls, account.load_stats.seen, account.load_stats.seen, True)
    [state] = rows(url, "select distinct status, consecutive_failures, lease_owner from adsync.sync_state")
    assert state == ("ok", 0, None)
    [account] = rows(url, "select name, currency, timezone from adsync.accounts where native_id = %s", META)
    assert account == ("Acme Export", "USD", "Europe/London")


def test_the_newest_days_are_loaded_first(url, sync):
    sync("meta", META, faults=[Fault("meta", "server_error", path="/insights", calls=tuple(range(2, 99)))])
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
def test_a_second_run_changes_no_row(url, sync, source, account_id, tables):
    sync(source, account_id, run_id="first")
    before = [written(url, table) for table in tables]
    assert all(before)
    observations = rows(url, "select count(*) from raw.observations")
    [second] = sync(source, account_id, run_id="second").accounts
    assert [written(url, table) for table in tables] == before
    assert rows(url, "select count(*) from raw.observations") == observations
    assert (second.outcome, second.load_stats.changed) == ("ok", 0)
    assert second.load_stats.seen > 0


def test_a_restated_day_changes_only_its_own_rows(url, sync):
    sync("meta", META, run_id="first")
    day = TODAY - timedelta(days=1)
    [second] = sync(
        "meta", META, run_id="second", faults=[Fault("meta", "restated_day", day=str(day), path="/insights")]
    ).accounts
    changed = rows(url, "select distinct metric_date from raw.meta_campaign_metrics where run_id = 'second'")
    assert changed == [(day,)]
    assert (
        second.load_stats.changed
        == rows(url, "select count(*) from raw.meta_campaign_metrics where run_id = 'second'")[0][0]
    )


def test_a_failing_page_commits_nothing_of_its_batch_and_the_next_run_completes_it(url, sync):
    broken = Fault("meta", "server_error", path="/insights", calls=(1, 2, 3))
    [first] = sync("meta", META, faults=[broken]).accounts
    assert (first.outcome, type(first.error)) == ("retrying", TemporaryError)
    assert spends(url) == {}
    assert coverage(url, META) == (None, None)
    assert rows(url, "select count(*) from raw.observations") == [(0,)]
    [second] = sync("meta", META, run_id="next").accounts
    assert second.outcome == "ok"
    assert spends(url) == known_spends()


def test_an_interrupted_first_sync_continues_with_the_missing_days(url, sync):
    sync("meta", META, faults=[Fault("meta", "server_error", path="/insights", calls=tuple(range(2, 99)))])
    kept = written(url, "meta_campaign_metrics")
    [second] = sync("meta", META, run_id="next").accounts
    assert set(kept) <= set(written(url, "meta_campaign_metrics"))
    assert spends(url) == known_spends()
    assert coverage(url, META) == WHOLE
    assert second.load_stats.changed == len(known_spends()) - len(kept)


def test_a_synchronous_report_that_is_too_large_is_read_in_halves(url, sync):
    slow = Fault("tiktok", "too_much_data", path="report/integrated", calls=(1, 2))
    [account] = sync("tiktok", NOT_ALLOWED, faults=[slow]).accounts
    assert account.outcome == "ok"
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(NOT_ALLOWED))


def test_one_account_without_authorization_fails_and_the_others_are_synced(url, sync):
    revoked = ALL_META[3]
    result = sync("meta", *ALL_META, faults=[Fault("meta", "token_expired", account=f"act_{revoked}")])
    assert {each.account.account_id: each.outcome for each in result.accounts} == {
        one: "failed" if one == revoked else "ok" for one in ALL_META
    }
    states = rows(url, "select account_id, status from adsync.sync_state group by 1, 2")
    assert dict(states) == {one: "reauth_required" if one == revoked else "ok" for one in ALL_META}
    assert dict(rows(url, "select account_id, outcome from adsync.sync_runs")) == {
        one: "failed" if one == revoked else "ok" for one in ALL_META
    }
    [notice] = rows(url, "select platform, account_id, error_class, message, closed_at from adsync.admin_notices")
    assert notice[:3] == ("meta", revoked, "ReauthRequired")
    assert "log in to Meta again" in notice[3]
    assert notice[4] is None
    sync("meta", revoked, run_id="recovered")
    [(closed, status)] = rows(
        url,
        "select closed_at is not null, (select distinct status from adsync.sync_state where account_id = n.account_id)"
        " from adsync.admin_notices n",
    )
    assert (closed, status) == (True, "ok")


def test_a_failed_last_attempt_opens_a_notice_and_is_not_retried(url, sync):
    broken = Fault("meta", "server_error", path="/insights")
    [early] = sync("meta", META, faults=[broken]).accounts
    assert early.retry_in is not None
    assert META not in sharding.due_accounts(url, "meta", now=datetime.now(UTC))
    [last] = sync("meta", META, faults=[broken], attempt=sync_accounts, final_attempt=True).accounts
    assert (last.outcome, last.retry_in) == ("failed", None)
    assert rows(url, "select status, retry_at from adsync.sync_state limit 1") == [("failed", None)]
    assert rows(url, "select count(*) from adsync.admin_notices") == [(1,)]


def test_a_missing_connection_fails_that_account_only(url, sync):
    with served() as base:

        def known(conn_id):
            if conn_id == "meta_acme":
                raise ConfigError("unknown connection 'meta_acme' in conn_id")
            return sandbox_fixtures.credentials(conn_id, base)

        result = sync("meta", META, ALL_META[2], replaced=known)
    words = {each.account.account_id: each.outcome for each in result.accounts}
    assert words == {META: "failed", ALL_META[2]: "ok"}
    assert spends(url) == {}


# Leases


async def wait_for(url, query):
    """Polls: writes of another transaction set no event here."""
    for _ in range(1000):
        if rows(url, query):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"no row within 20 s: {query}")


def test_two_concurrent_runs_sync_an_account_once(url):
    with served([Fault("meta", "slow", wait=0.3)]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def both():
            one, two = (sync_accounts(SyncRequest("meta", (META,), run), environment) for run in ("one", "two"))
            return [outcome for shard in await asyncio.gather(one, two) for outcome in shard.accounts]

        result = asyncio.run(both())
    busy, done = sorted(result, key=lambda each: each.outcome)
    assert (busy.outcome, done.outcome) == ("elsewhere", "ok")
    assert "skipped, another run is syncing it" in busy.summary
    assert busy.call_stats.calls == 0
    assert spends(url) == known_spends()
    assert rows(url, "select outcome from adsync.sync_runs order by 1") == [("elsewhere",), ("ok",)]
    assert rows(url, "select distinct status, lease_owner from adsync.sync_state") == [("ok", None)]


def test_requested_days_wait_for_the_lease_of_another_run(url):
    """The other run does not read those days, so this one is unfinished and is not recorded."""
    requested = DateRange(NOW.date() - timedelta(days=9), NOW.date() - timedelta(days=8))
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into adsync.sync_state (platform, account_id, stream, lease_owner, lease_until) "
            "select 'meta', %s, unnest(%s::text[]), 'sync_meta/hourly', now() + interval '1 hour'",
            (META, [stream.name for stream in registry.load("meta").streams]),
        )
    with served() as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)
        restate = asyncio.run(sync_accounts(SyncRequest("meta", (META,), "restate", days=requested), environment))
    assert restate.only_waiting_for_lease
    [busy] = restate.accounts
    assert busy.retry_in == timedelta(seconds=20)
    assert f"next try {busy.next_try}: another run is syncing it" in busy.summary
    assert rows(url, "select run_id, outcome from adsync.sync_runs") == []


def test_an_account_that_backs_off_is_left_alone(url, sync):
    sync("meta", META, faults=[Fault("meta", "rate_limited", wait=3600)])
    before = rows(url, "select * from adsync.sync_state order by stream")
    [early] = sync("meta", META, respect_backoff=True).accounts
    assert (early.outcome, early.call_stats.calls) == ("retrying", 0)
    assert f"next try {early.next_try}: still backing off after an earlier failure" in early.summary
    assert timedelta(minutes=50) < early.retry_in <= timedelta(hours=1)
    assert [row[3:7] for row in rows(url, "select * from adsync.sync_state order by stream")] == [
        row[3:7] for row in before
    ]
    assert sync("meta", META).accounts[0].outcome == "ok"


def test_a_run_that_lost_its_lease_writes_no_further_batch_and_no_state(url):
    with served([Fault("meta", "slow", wait=0.8, path="/insights")]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def sync_and_lose_lease():
            running = asyncio.create_task(sync_accounts(SyncRequest("meta", (META,), "run"), environment))
            await wait_for(url, "select from raw.meta_campaigns")
            with psycopg.connect(url) as connection:
                connection.execute("update adsync.sync_state set lease_owner = 'other', status = 'ok'")
            return await running

        [account] = asyncio.run(sync_and_lose_lease()).accounts
    assert "lease lost to another run; this batch was rolled back" in account.summary
    assert spends(url) == {}
    assert rows(url, "select distinct status, lease_owner from adsync.sync_state") == [("ok", "other")]


def test_leases_of_a_shard_are_renewed_and_never_shortened(monkeypatch, url):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.4))
    with served([Fault("meta", "slow", wait=0.5, path="/insights")]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def renewed_leases():
            running = asyncio.create_task(sync_accounts(SyncRequest("meta", (META,), "run"), environment))
            await wait_for(url, "select from raw.meta_campaigns")
            with psycopg.connect(url) as connection:
                connection.execute("update adsync.sync_state set lease_until = now() where stream = 'accounts'")
                connection.execute(
                    "update adsync.sync_state set lease_until = now() + interval '1 hour' where stream = 'campaigns'"
                )
            await asyncio.sleep(0.3)
            left = dict(rows(url, "select stream, lease_until - now() from adsync.sync_state"))
            await running
            return left

        left = asyncio.run(renewed_leases())
    assert left["accounts"] > timedelta(0)
    assert left["campaigns"] > timedelta(minutes=59)


TERMINATE_COPY = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
    and query ~* 'temporary table staged_records|copy staged_records'
"""


def test_a_lost_warehouse_connection_fails_only_that_attempt(url):
    with served([Fault("meta", "slow", wait=0.5, path="/insights")]) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)

        async def sync_and_lose_connection():
            running = asyncio.create_task(sync_accounts(SyncRequest("meta", (META,), "run"), environment))
            await wait_for(url, "select from raw.meta_campaigns")
            await wait_for(url, TERMINATE_COPY)
            return await running

        [account] = asyncio.run(sync_and_lose_connection()).accounts
        assert account.outcome == "retrying"
        assert "lost connection to the warehouse" in account.summary
        assert rows(url, "select outcome from adsync.sync_runs") == [("retrying",)]
        assert rows(url, "select distinct status, lease_owner from adsync.sync_state") == [("retrying", None)]
        asyncio.run(sync_accounts(SyncRequest("meta", (META,), "next", respect_backoff=False), environment))
    assert spends(url) == known_spends()


# Requested days


def test_requested_days_replace_the_missing_ones_and_cover_no_gap(url, sync):
    old = DateRange(TODAY - timedelta(days=35), TODAY - timedelta(days=33))
    sync("meta", META, run_id="first", days=DateRange(TODAY - timedelta(days=3), TODAY + timedelta(days=1)))
    [account] = sync("meta", META, run_id="second", days=old).accounts
    assert (account.since, account.through) == (old.since, old.last_day)
    assert coverage(url, META) == (TODAY - timedelta(days=3), TODAY)
    days = {day for (day,) in rows(url, "select metric_date from raw.meta_campaign_metrics where run_id = 'second'")}
    assert days == {old.since, old.last_day}
    sync("meta", META, run_id="third")
    assert spends(url) == known_spends()


def test_requested_days_of_a_store_are_in_its_time_zone_and_leave_its_state_unchanged(url, sync):
    day = TODAY - timedelta(days=5)
    sync("shopify", SHOPIFY, days=DateRange(day, day + timedelta(days=1)))
    moments = rows(
        url, "select (payload ->> 'updatedAt')::timestamptz at time zone 'Asia/Riyadh' from raw.shopify_orders"
    )
    assert {moment.date() for (moment,) in moments} == {day}
    assert coverage(url, SHOPIFY, "orders") == (None, None)


# Reports


def until_reported(monkeypatch):
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.01)
    return sync_until_reported


def cursor_of(url):
    [(cursor,)] = rows(url, "select cursor from adsync.sync_state where stream = 'campaign_metrics'")
    return cursor


def test_a_report_is_created_polled_and_read(monkeypatch, url, sync):
    [account] = sync("tiktok", TIKTOK, attempt=until_reported(monkeypatch)).accounts
    assert account.outcome == "ok"
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(TIKTOK))
    assert coverage(url, TIKTOK)[1] - coverage(url, TIKTOK)[0] == timedelta(days=sandbox_fixtures.DAYS - 1)
    assert cursor_of(url) == {}
    words = [word for (word,) in rows(url, "select outcome from adsync.sync_runs order by sync_run_id")]
    assert words == ["waiting", "waiting", "ok"]


def test_an_account_with_a_pending_report_stays_leased(url, sync):
    result = sync("tiktok", TIKTOK)
    assert [report.account_id for report in result.pending_reports] == [TIKTOK]
    result.raise_for_failures()
    [(left,)] = rows(url, "select distinct lease_until - now() from adsync.sync_state")
    assert left > timedelta(minutes=9)


def with_one_sandbox(url, faults, *requests):
    """Several attempts at one platform that keeps its reports; each with the cursor it left."""
    with served(faults, behavior=Behavior(polls_until_ready=1)) as base:
        environment = SyncEnvironment(url, lambda c: sandbox_fixtures.credentials(c, base), lambda: NOW)
        return [(asyncio.run(sync_accounts(request, environment)).accounts[0], cursor_of(url)) for request in requests]


def test_a_report_is_kept_after_a_failed_poll(url):
    broken = Fault("tiktok", "server_error", path="task/check", calls=(1, 2, 3))
    request = SyncRequest("tiktok", (TIKTOK,), "run", respect_backoff=False)
    (first, created), (second, _), (third, left) = with_one_sandbox(url, [broken], request, request, request)
    assert (first.outcome, second.outcome, third.outcome) == ("retrying", "waiting", "ok")
    assert second.pending_report.report_id == created["report"]["id"]
    assert left == {}
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(TIKTOK))


def test_a_report_unknown_to_the_platform_is_replaced(url):
    request = SyncRequest("tiktok", (TIKTOK,), "run", respect_backoff=False)
    [(first, _)] = with_one_sandbox(url, [], request)
    (second, forgotten), (third, _) = with_one_sandbox(url, [], request, request)
    assert (first.outcome, second.outcome, third.outcome) == ("waiting", "failed", "waiting")
    assert forgotten == {}


def test_requested_days_are_read_although_another_runs_report_is_pending(url):
    day = TODAY - timedelta(days=60)
    requested = DateRange(day, day + timedelta(days=1))
    requests = [SyncRequest("tiktok", (TIKTOK,), "run", days=days) for days in (None, requested)]
    _, (second, _) = with_one_sandbox(url, [], *requests)
    assert second.outcome == "ok"
    assert second.since == day


def test_a_refusal_of_reports_is_saved_and_the_days_are_read_without_one(url, sync):
    sync("tiktok", NOT_ALLOWED)
    assert len(written(url, "tiktok_campaign_metrics")) == len(world().deliveries(NOT_ALLOWED))
    assert cursor_of(url) == {"report_refused_at": NOW.isoformat()}


# Orders


def test_orders_of_the_history_are_loaded_without_personal_data(url, sync):
    sync("shopify", SHOPIFY)
    known = {one.id for one in world().store_orders(SHOPIFY)}
    assert {key for (key,) in rows(url, "select record_key from raw.shopify_orders")} == known
    text = json.dumps([payload for (payload,) in rows(url, "select payload from raw.shopify_orders")])
    assert "gid://shopify/Customer/" not in text
    assert "buyer@example.com" not in text
    cursor = rows(url, "select cursor from adsync.sync_state where stream = 'orders'")[0][0]
    assert cursor["through"] == NOW.isoformat()
    assert date.fromisoformat(cursor["since"][:10]) <= WHOLE[0]


def test_no_secret_is_in_sync_state_and_sync_runs(url, sync):
    sync("meta", "903456789012", faults=[Fault("meta", "token_expired")])
    stored = str(rows(url, "select s.*, r.* from adsync.sync_state s, adsync.sync_runs r"))
    assert "ReauthRequired" in stored
    assert "fern-and-moss" not in stored
    assert "sandbox-meta-token" not in stored


def test_a_required_reauthorization_is_not_retried(sync):
    [account] = sync("meta", META, faults=[Fault("meta", "token_expired")]).accounts
    assert isinstance(account.error, ReauthRequired)
    assert account.retry_in is None
