"""Which rows the retention settings delete, and which they must not."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from adsync.load import retention

NOW = datetime.now(UTC)
TODAY = NOW.date()
KEEP_ALL = {"runs": None, "observations": None, "raw": None}
OLD, YOUNG = 200, 100
SETUP = """
insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('acme', 'Acme', 'SAR', 'UTC');
insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)
values ('meta', '901', 'acme', 'ad_account', 'meta_acme'), ('shopify', 'shop', 'acme', 'store', 'shop_acme');
insert into adsync.sync_state (platform, account_id, stream, covered_from, covered_through)
values ('meta', '901', 'campaign_metrics', current_date - 300, current_date),
    ('shopify', 'shop', 'orders', current_date - 300, current_date);
insert into adsync.transform_runs (run_id, raw_through) values ('t1', now())
"""


def ago(days):
    return NOW - timedelta(days=days)


@pytest.fixture
def url(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(SETUP)
        for days in (OLD, YOUNG):
            day = TODAY - timedelta(days=days)
            connection.execute(
                "insert into adsync.sync_runs (run_id, platform, account_id, calls, rows_seen, rows_changed, bytes,"
                " started_at, duration_seconds, outcome) values ('r', 'meta', '901', 1, 1, 1, 1, %s, 1, 'ok')",
                (ago(days),),
            )
            connection.execute(
                "insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at)"
                " values ('meta', 'campaign_metrics', '901', 'c', %s, %s)",
                (day, ago(days)),
            )
            for table, account, key, dated in (
                ("meta_campaign_metrics", "901", f"c:{day}", day),
                ("meta_campaigns", "901", f"c{days}", None),
                ("shopify_orders", "shop", f"o{days}", None),
            ):
                connection.execute(
                    f"insert into raw.{table} (account_id, record_key, metric_date, payload, observed_at, loaded_at,"
                    " run_id) values (%s, %s, %s, '{}', now(), %s, 'r')",
                    (account, key, dated, ago(days)),
                )
    return warehouse_url


def run(url, statement):
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def left(url, *tables):
    with psycopg.connect(url) as connection:
        return [connection.execute(f"select count(*) from {table}").fetchone()[0] for table in tables]


def test_without_a_setting_nothing_is_deleted(url):
    assert retention.delete_expired(url, KEEP_ALL) == {}
    assert left(url, "adsync.sync_runs", "raw.observations", "raw.meta_campaign_metrics") == [2, 2, 2]


def test_each_kind_is_deleted_by_its_own_age(url):
    assert retention.delete_expired(url, {"runs": 150, "observations": 150, "raw": 150}) == {
        "runs": 1,
        "observations": 1,
        "raw": 2,
    }
    assert left(url, "adsync.sync_runs", "raw.observations", "raw.meta_campaign_metrics", "raw.shopify_orders") == [
        1,
        1,
        1,
        1,
    ]
    assert retention.delete_expired(url, {"runs": 150, "observations": 150, "raw": 150}) == {
        "runs": 0,
        "observations": 0,
        "raw": 0,
    }


def test_entity_tables_are_kept(url):
    retention.delete_expired(url, {**KEEP_ALL, "raw": 60})
    assert left(url, "raw.meta_campaigns") == [2]


def test_days_within_a_workspaces_history_are_kept_however_short_the_setting(url):
    run(url, "update adsync.workspaces set history_days = 150")
    assert retention.delete_expired(url, {**KEEP_ALL, "raw": 60}) == {"raw": 2}


@pytest.mark.parametrize(
    "unfinished",
    [
        "covered_from = current_date - 30",
        "covered_from = null",
        """cursor = '{"report": {"id": "r1"}}'""",
        "lease_owner = 'run', lease_until = now() + interval '1 minute'",
    ],
)
def test_an_account_that_is_synced_or_unfinished_keeps_its_rows(url, unfinished):
    run(url, f"update adsync.sync_state set {unfinished} where platform = 'meta'")
    assert retention.delete_expired(url, {**KEEP_ALL, "raw": 60}) == {"raw": 2}
    assert left(url, "raw.meta_campaign_metrics", "raw.shopify_orders") == [2, 0]


@pytest.mark.parametrize(
    "processed", ["delete from adsync.transform_runs", "update adsync.transform_runs set raw_through = "]
)
def test_rows_that_transform_has_not_processed_are_kept(url, processed):
    run(url, processed if processed.startswith("delete") else f"{processed} '{date(2020, 1, 1)}'")
    assert retention.delete_expired(url, {**KEEP_ALL, "observations": 60, "raw": 60}) == {"observations": 0, "raw": 0}


def test_the_statistics_of_every_table_are_updated(url):
    assert retention.analyze_tables(url) > 20
    with psycopg.connect(url) as connection:
        query = "select reltuples from pg_class where oid = 'raw.meta_campaign_metrics'::regclass"
        assert connection.execute(query).fetchone() == (2,)
