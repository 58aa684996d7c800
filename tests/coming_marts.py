"""marts.reconciliation and marts.order_explanations, for a project whose models do not build them yet.

The columns are those agreed on; the rows come from the marts that exist.
"""

from __future__ import annotations

import psycopg

RECONCILIATION = """
create table marts.reconciliation as
with orders as (
    select
        orders.*,
        events.conversion_value,
        decisions.reason
    from marts.orders as orders
    left join marts.attribution_decisions as decisions
        on decisions.store_id = orders.store_id and decisions.order_id = orders.order_id
    left join marts.attribution_events as events
        on events.store_id = orders.store_id and events.order_id = orders.order_id
),

sums as (
    select
        workspace_id,
        local_date as date,
        sum(gross_reporting) as gross,
        coalesce(sum(gross_reporting) filter (where is_test), 0) as test,
        coalesce(sum(gross_reporting) filter (where is_cancelled and not is_test), 0) as cancelled,
        coalesce(sum(gross_reporting) filter (where not (is_revenue or is_test or is_cancelled)), 0) as unpaid,
        coalesce(sum(refunded_reporting) filter (where is_revenue), 0) as refunded,
        coalesce(sum(net_reporting) filter (where is_revenue), 0) as store_revenue,
        coalesce(sum(conversion_value) filter (where is_revenue), 0) as attributed,
        coalesce(sum(net_reporting) filter (where is_revenue and conversion_value is null), 0) as unattributed
    from orders
    group by workspace_id, local_date
),

reasons as (
    select workspace_id, date, jsonb_object_agg(reason, amount) as unattributed_by_reason
    from (
        select workspace_id, local_date as date, reason, sum(net_reporting) as amount
        from orders
        where is_revenue and conversion_value is null
        group by 1, 2, 3
    ) as parts
    group by workspace_id, date
)

select
    sums.*,
    coalesce(reasons.unattributed_by_reason, '{}') as unattributed_by_reason,
    roas.claimed_revenue as claimed,
    gross - test - cancelled - unpaid - refunded - attributed - unattributed as residual
from sums
left join reasons using (workspace_id, date)
left join marts.workspace_roas as roas
    on roas.workspace_id = sums.workspace_id and roas.date = sums.date and roas.platform = 'all'
"""
EXPLANATIONS = """
create view marts.order_explanations as
select
    decisions.workspace_id,
    decisions.store_platform,
    decisions.store_id,
    decisions.order_id,
    orders.number,
    decisions.order_date,
    decisions.outcome,
    decisions.reason,
    case
        when decisions.outcome = 'attributed'
            then format('It went to %s, whose visit was the last one before the order.', campaigns.name)
        else format('It went to no campaign: %s.', decisions.reason)
    end as sentence,
    case when decisions.touch_id is null then '[]' else jsonb_build_array(
        jsonb_build_object(
            'touch', decisions.touch_id, 'at', touches.event_time, 'platform', decisions.platform,
            'campaign_id', decisions.campaign_id, 'campaign_name', campaigns.name, 'rule', decisions.match_rule,
            'verdict', 'won', 'why', null
        )
    ) end || (
        select coalesce(jsonb_agg(each || '{"verdict": "rejected"}'), '[]')
        from jsonb_array_elements(decisions.rejected) as each
    ) as touches
from marts.attribution_decisions as decisions
inner join marts.orders as orders on decisions.store_id = orders.store_id and decisions.order_id = orders.order_id
left join marts.touches as touches
    on decisions.store_id = touches.store_id
    and decisions.order_id = touches.order_id
    and decisions.touch_id = touches.touch_id
left join marts.campaigns as campaigns
    on decisions.platform = campaigns.platform and decisions.campaign_id = campaigns.campaign_id
"""
WANTED = {"reconciliation": RECONCILIATION, "order_explanations": EXPLANATIONS}


def create(db: psycopg.Connection) -> None:
    for name, query in WANTED.items():
        (found,) = db.execute("select to_regclass(%s)", (f"marts.{name}",)).fetchone()
        if found is None:
            db.execute(query)
