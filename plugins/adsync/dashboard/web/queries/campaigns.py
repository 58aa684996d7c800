"""View campaigns: the campaigns with spend or attributed orders in the period; searched, sorted and paged here.

data: campaigns [{platform, account_id, account, campaign_id, name, status, spend, impressions, clicks, ctr, cpc,
claimed_conversions, claimed_revenue, claimed_roas, attributed_orders, attributed_revenue, attributed_roas, alerts}],
one page of at most `PAGE_ROWS`; page, pages and page_rows; total, platforms and statuses of all campaigns of the
period; found, the number of those that match, and sums {spend, ...} over them.
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row
from adsync.dashboard.web.request import BadRequest, ViewRequest

PAGE_ROWS = 50
# Names in their alphabetical order, whatever their case; a campaign without a name is listed by its id.
SORTS = {"name": "lower(coalesce(name, campaign_id))"} | {
    column: column
    for column in (
        "platform",
        "status",
        "spend",
        "attributed_orders",
        "attributed_revenue",
        "attributed_roas",
        "claimed_revenue",
        "claimed_roas",
        "impressions",
        "clicks",
        "ctr",
        "cpc",
    )
}
PERIOD = """
select
    count(*) as total,
    coalesce(array_agg(distinct periods.platform), '{}') as platforms,
    coalesce(array_agg(distinct campaigns.status) filter (where campaigns.status is not null), '{}') as statuses
from marts.campaign_periods as periods
left join marts.campaigns as campaigns using (workspace_id, platform, account_id, campaign_id)
where periods.workspace_id = %(workspace)s and periods.period = %(period)s
"""
FOUND = """
with found as (

    select periods.*, campaigns.name, campaigns.status
    from marts.campaign_periods as periods
    left join marts.campaigns as campaigns using (workspace_id, platform, account_id, campaign_id)
    where
        periods.workspace_id = %(workspace)s
        and periods.period = %(period)s
        and (%(platform)s = '' or periods.platform = %(platform)s)
        and (%(status)s = '' or campaigns.status = %(status)s)
        and (
            %(text)s = ''
            or strpos(lower(campaigns.name), lower(%(text)s)) > 0
            or strpos(periods.campaign_id, %(text)s) > 0
        )

)
"""
# An unknown amount makes the sum unknown, as in the marts.
SUMS = """
, summed as (

    select
        count(*) as found,
        case when count(*) = count(spend) then coalesce(sum(spend), 0) end as spend,
        case when count(*) = count(claimed_revenue) then coalesce(sum(claimed_revenue), 0) end as claimed_revenue,
        case when count(*) = count(attributed_revenue) then coalesce(sum(attributed_revenue), 0) end
            as attributed_revenue,
        coalesce(sum(attributed_orders), 0) as attributed_orders,
        coalesce(sum(claimed_conversions), 0) as claimed_conversions,
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(clicks), 0) as clicks
    from found

)

select
    *,
    round(100.0 * clicks / nullif(impressions, 0), 6) as ctr,
    round(spend / nullif(clicks, 0), 6) as cpc,
    round(claimed_revenue / nullif(spend, 0), 6) as claimed_roas,
    round(attributed_revenue / nullif(spend, 0), 6) as attributed_roas
from summed
"""
PAGE = """
, listed as (

    select
        *,
        row_number() over (order by {column} {direction} nulls last, platform, account_id, campaign_id) as place
    from found
    order by place
    limit %(page_rows)s offset %(skipped)s

)

select
    listed.platform,
    listed.account_id,
    health.name as account,
    listed.campaign_id,
    listed.name,
    listed.status,
    listed.spend,
    listed.impressions,
    listed.clicks,
    listed.ctr,
    listed.cpc,
    listed.claimed_conversions,
    listed.claimed_revenue,
    listed.claimed_roas,
    listed.attributed_orders,
    listed.attributed_revenue,
    listed.attributed_roas,
    (
        select count(*) from adsync.alerts as alerts
        where
            alerts.workspace_id = listed.workspace_id
            and alerts.platform = listed.platform
            and alerts.campaign_id = listed.campaign_id
            and alerts.status = 'open'
    ) as alerts
from listed
left join marts.sync_health as health
    on listed.platform = health.platform and listed.account_id = health.account_id
order by listed.place
"""


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    order, listed = _order(request.table.sort), request.table
    filters = {"text": request.about.strip(), "platform": listed.platform, "status": listed.status}
    values = request.values | filters
    period = marts.row("campaign_periods", PERIOD, values) or {"total": 0, "platforms": [], "statuses": []}
    sums = marts.row("campaign_periods", FOUND + SUMS, values) or {"found": 0}
    found = sums.pop("found")
    pages = max(1, -(-found // PAGE_ROWS))
    page = min(listed.page, pages)
    window = {"page_rows": PAGE_ROWS, "skipped": (page - 1) * PAGE_ROWS}
    campaigns = marts.rows("campaign_periods", FOUND + PAGE.format(**order), values | window)
    paging = {"page": page, "pages": pages, "page_rows": PAGE_ROWS}
    return {"campaigns": campaigns, "found": found, "sums": sums} | paging | period


def _order(sort: str) -> dict[str, str]:
    """Returns the column and direction of a sort such as `name`, or `-spend` for the highest spend first."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise BadRequest(f"unknown sort {sort!r} (expected {', '.join(SORTS)}, or one of them after a minus)")
    return {"column": SORTS[name], "direction": "desc" if sort.startswith("-") else "asc"}
