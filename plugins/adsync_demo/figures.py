"""What the summary shows, read from the marts and the operational tables; sums and ratios are made in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = Mapping[str, Any]

ROAS = """
    select
        workspaces.name as workspace,
        workspaces.currency,
        roas.platform,
        sum(roas.spend) as spend,
        sum(roas.claimed_revenue) as claimed_revenue,
        sum(roas.attributed_revenue) as attributed_revenue,
        sum(roas.claimed_revenue) / nullif(sum(roas.spend), 0) as claimed_roas,
        sum(roas.attributed_revenue) / nullif(sum(roas.spend), 0) as attributed_roas,
        min(roas.date) as first_date,
        max(roas.date) as last_date
    from marts.workspace_roas as roas
    inner join adsync.workspaces using (workspace_id)
    group by workspace_id, workspaces.name, workspaces.currency, roas.platform
    order by workspaces.name, workspace_id, roas.platform = 'all', roas.platform
"""
ALERTS = """
    select
        workspaces.name as workspace,
        alerts.severity,
        alerts.type,
        alerts.platform,
        campaigns.name as campaign,
        alerts.message
    from adsync.alerts
    inner join adsync.workspaces using (workspace_id)
    left join marts.campaigns using (workspace_id, platform, campaign_id)
    where alerts.status = 'open'
    order by workspaces.name, array_position(array['high', 'medium', 'low'], alerts.severity), alerts.type
"""
HEALTH = """
    select platform, status, count(*) as accounts, min(covered_through) as covered_through
    from marts.sync_health
    group by platform, status
    order by platform, status
"""
SOURCES = """
    select
        platform,
        sum(calls) as calls,
        sum(rows_seen) as rows_seen,
        sum(rows_changed) as rows_changed,
        sum(bytes) as bytes
    from adsync.sync_runs
    where started_at >= %s
    group by platform
    order by platform
"""


def read(connection: psycopg.Connection, query: str, *values: object) -> list[Row]:
    return list(connection.cursor(row_factory=dict_row).execute(query, values))
