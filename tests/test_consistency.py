import psycopg

from adsync.consistency import summary_lines

ISSUES = """
    create schema marts;
    create table marts.consistency_issues (
        workspace_id text, type text, subject text, campaign_id text, platform text, date date, value numeric,
        detail text
    );
    insert into marts.consistency_issues values
        ('acme', 'invalid_ctr', 'c1', 'c1', 'meta', '2026-11-20', 140, 'ctr is 140 %'),
        ('acme', 'missing_metrics', 'c2', 'c2', 'meta', '2026-11-20', null, null),
        ('acme', 'missing_metrics', 'c3', 'c3', 'meta', '2026-11-21', null, null),
        ('beta', 'stale_account', '901', null, 'tiktok', null, null, 'no success for 9 hours')
"""


def test_issues_are_counted_by_workspace_and_type_with_an_example(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(ISSUES)
    assert summary_lines(warehouse_url) == [
        "acme: 2 x missing_metrics, e.g. meta c2 2026-11-20",
        "acme: 1 x invalid_ctr, e.g. meta c1 2026-11-20: ctr is 140 %",
        "beta: 1 x stale_account, e.g. tiktok 901: no success for 9 hours",
    ]
