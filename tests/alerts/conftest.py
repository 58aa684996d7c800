from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest

from adsync.alerts.episodes import update_episodes

MARTS = """
    create schema marts;
    create table marts.performance_alerts (
        workspace_id text, platform text, campaign_id text, date date, type text, severity text, message text,
        current numeric(18, 6), baseline numeric(18, 6), threshold numeric(18, 6)
    );
    create table marts.campaign_metrics (workspace_id text, platform text, account_id text, campaign_id text);
    create table marts.sync_health (
        workspace_id text, platform text, account_id text, is_stale boolean, last_success_at timestamptz,
        complete_through date
    );
    insert into adsync.workspaces (workspace_id, name, currency, timezone)
    values ('acme', 'Acme', 'SAR', 'Asia/Riyadh');
    insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id, timezone)
    values ('meta', '901', 'acme', 'ad_account', 'meta_acme', 'Asia/Riyadh');
    insert into marts.campaign_metrics values ('acme', 'meta', '901', 'c1'), ('acme', 'meta', '901', 'c2');
    insert into marts.sync_health
    values ('acme', 'meta', '901', false, now() - interval '1 minute', timezone('Asia/Riyadh', now())::date - 1);
"""
# `days_ago` counts from the account's today.
FIRES = """
    insert into marts.performance_alerts
    select
        'acme', 'meta', %(campaign)s, timezone('Asia/Riyadh', now())::date - %(days_ago)s::int, 'roas_drop', 'high',
        'ROAS fell to 0.9 from 3.1', %(current)s, 3.1, 2.17
"""


@pytest.fixture
def warehouse(warehouse_url):
    """Yields a warehouse with one account, and functions that change its marts."""

    def execute(statement, **values):
        with psycopg.connect(warehouse_url) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else None

    def fires(campaign="c1", days_ago=1, current=0.9):
        execute(FIRES, campaign=campaign, days_ago=days_ago, current=current)

    execute(MARTS)
    return SimpleNamespace(
        url=warehouse_url,
        execute=execute,
        fires=fires,
        quiet=lambda: execute("truncate marts.performance_alerts"),
        update=lambda: update_episodes(warehouse_url, datetime.now(UTC)),
    )
