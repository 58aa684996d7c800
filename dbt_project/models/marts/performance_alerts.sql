-- Alerts of each campaign's last complete day, compared with its 30 days before.

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
