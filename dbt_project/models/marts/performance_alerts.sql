-- Which campaigns did unusually badly on their last complete day, against their own thirty days before it.

with

alerts as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        type,
        severity,
        message,
        current,
        baseline,
        threshold,
        baseline_kind,
        baseline_days
    from {{ ref('alert_checks') }}
    where is_latest and fires

)

select * from alerts
