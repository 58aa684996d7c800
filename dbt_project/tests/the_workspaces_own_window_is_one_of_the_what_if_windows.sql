-- Where a workspace's window is one of the what-if windows, attributed revenue equals that of the what-if window, by
-- campaign.

with

workspaces as (

    select
        workspace_id,
        window_days
    from {{ ref('stg_adsync__workspaces') }}
    where window_days = any(array{{ what_if_windows() }})

),

windows as (

    select
        windows.workspace_id,
        windows.platform,
        windows.account_id,
        windows.campaign_id,
        windows.date,
        windows.attributed_orders,
        windows.attributed_revenue
    from {{ ref('attribution_windows') }} as windows
    inner join workspaces
        on windows.workspace_id = workspaces.workspace_id and windows.window_days = workspaces.window_days
    where windows.attributed_orders > 0

),

events as (

    select
        events.workspace_id,
        events.platform,
        events.account_id,
        events.campaign_id,
        events.workspace_date as date,
        count(*) as attributed_orders,
        {{ sum_or_null('events.conversion_value') }} as attributed_revenue
    from {{ ref('attribution_events') }} as events
    inner join workspaces on events.workspace_id = workspaces.workspace_id
    group by events.workspace_id, events.platform, events.account_id, events.campaign_id, events.workspace_date

)

select
    workspace_id,
    platform,
    account_id,
    campaign_id,
    date,
    windows.attributed_revenue as in_window,
    events.attributed_revenue as attributed
from windows
full join events using (workspace_id, platform, account_id, campaign_id, date)
where
    (windows.attributed_orders, windows.attributed_revenue)
    is distinct from (events.attributed_orders, events.attributed_revenue)
