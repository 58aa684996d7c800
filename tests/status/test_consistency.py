import psycopg

from adsync.status.consistency import log_issues

TABLE = """
    create schema marts;
    create table marts.consistency_issues (workspace_id text, type text, subject text, detail text)
"""
ISSUES = """
    insert into marts.consistency_issues values
        ('acme', 'invalid_ctr', 'meta:901:c1:2026-11-20', 'more clicks than impressions'),
        ('acme', 'missing_metrics', 'meta:901:c2:2026-11-20', null),
        ('acme', 'missing_metrics', 'meta:901:c3:2026-11-21', null),
        ('beta', 'stale_account', 'tiktok:700', 'no success for 9 hours')
"""


def test_issues_are_counted_by_workspace_and_type_with_an_example(warehouse_url, caplog):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(TABLE)
        connection.execute(ISSUES)
    assert log_issues(warehouse_url) == 4
    assert [record.getMessage() for record in caplog.records] == [
        "acme: 2 x missing_metrics, e.g. meta:901:c2:2026-11-20",
        "acme: 1 x invalid_ctr, e.g. meta:901:c1:2026-11-20: more clicks than impressions",
        "beta: 1 x stale_account, e.g. tiktok:700: no success for 9 hours",
    ]


def test_nothing_is_logged_without_issues(warehouse_url, caplog):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(TABLE)
    assert log_issues(warehouse_url) == 0
    assert not caplog.records
