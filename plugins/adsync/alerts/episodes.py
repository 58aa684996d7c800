"""Alert episodes: an alert that fires on several days is one row of `adsync.alerts`, opened once and closed once.

An episode is closed when the marts have evaluated the account's last complete day and the alert no longer fires. While
the account is stale, the episode stays open. An episode of a disconnected account is closed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from adsync.warehouse.connection import connect_now

# Unchanged rows are not written: a second run over the same marts has no effect.
OPEN_OR_UPDATE = """
    with firing as (
        select distinct on (workspace_id, platform, campaign_id, type)
            workspace_id, platform, campaign_id, type, severity, message, current, baseline, threshold, date
        from marts.performance_alerts
        order by workspace_id, platform, campaign_id, type, date desc
    )

    insert into adsync.alerts as episode (
        workspace_id, platform, campaign_id, type, severity, status, message, current, baseline, threshold,
        first_date, last_date
    )
    select
        workspace_id, platform, campaign_id, type, severity, 'open', message, current, baseline, threshold, date, date
    from firing
    on conflict (workspace_id, platform, campaign_id, type) where status = 'open' do update set
        severity = excluded.severity,
        message = excluded.message,
        current = excluded.current,
        baseline = excluded.baseline,
        threshold = excluded.threshold,
        last_date = greatest(episode.last_date, excluded.last_date)
    where
        (episode.severity, episode.message, episode.last_date)
        is distinct from (excluded.severity, excluded.message, excluded.last_date)
        or (episode.current, episode.baseline, episode.threshold)
        is distinct from (excluded.current, excluded.baseline, excluded.threshold)
    returning xmax = 0
"""
# `marts.sync_health` is current, the other marts are as of `built_at`: an account that was synced since then is not
# evaluated yet. The next run closes its episodes.
CLOSE = """
    update adsync.alerts as episode
    set status = 'closed', closed_at = now(), delivered_at = null
    where
        episode.status = 'open'
        and not exists (
            select from marts.performance_alerts as firing
            where
                firing.workspace_id = episode.workspace_id
                and firing.platform = episode.platform
                and firing.campaign_id = episode.campaign_id
                and firing.type = episode.type
        )
        and not exists (
            select from adsync.accounts as account
            left join marts.sync_health as health
                on account.platform = health.platform and account.native_id = health.account_id
            where
                account.is_active
                and account.platform = episode.platform
                and account.native_id = (
                    select metrics.account_id from marts.campaign_metrics as metrics
                    where
                        metrics.workspace_id = episode.workspace_id
                        and metrics.platform = episode.platform
                        and metrics.campaign_id = episode.campaign_id
                    limit 1
                )
                and (
                    not health.is_stale
                    and health.last_success_at < %(built_at)s
                    and health.complete_through >= timezone(account.timezone, %(built_at)s)::date - 1
                ) is not true
        )
"""


@dataclass(frozen=True)
class Changes:
    """Numbers of episodes that were opened, updated and closed."""

    opened: int
    updated: int
    closed: int

    def counts(self) -> dict[str, int]:
        return asdict(self)


def update_episodes(url: str, built_at: datetime) -> Changes:
    """Opens, updates and closes episodes in one transaction, from marts whose build started at `built_at`."""
    with connect_now(url) as connection:
        opened = [is_new for (is_new,) in connection.execute(OPEN_OR_UPDATE)]
        closed = connection.execute(CLOSE, {"built_at": built_at}).rowcount
    return Changes(sum(opened), len(opened) - sum(opened), closed)
