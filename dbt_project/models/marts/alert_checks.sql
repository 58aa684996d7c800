-- The values that each alert rule compares, for every complete day: the day as known one day later, with the 30 days
-- before it at the same age.

with

alert_checks as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        type,
        is_latest,
        severity,
        message,
        current,
        baseline,
        ratio,
        threshold,
        direction,
        applies,
        fires,
        baseline_kind,
        baseline_days
    from {{ function('alert_checks_now') }}()

)

select * from alert_checks
