-- What an account spent and none of its campaigns tells of, in the shape of a consistency issue.

with

unlisted as (

    select
        metrics.workspace_id,
        'unlisted_spend' as type,
        metrics.platform,
        metrics.account_id,
        metrics.campaign_id,
        metrics.date,
        metrics.spend as value,
        'account ' || metrics.account_id || ' spent ' || round(metrics.spend, 2)
        || coalesce(' ' || metrics.currency, '') || ' on ' || metrics.date
        || ' that the platform tells of no campaign: likely one that was deleted since; look for it in the platform''s '
        || 'own reports. The total is right; this row goes when a later read finds the campaign' as detail
    from {{ ref('int_accounts') }} as accounts
    -- So is the row called that holds it.
    inner join {{ ref('campaign_metrics') }} as metrics
        on
            accounts.workspace_id = metrics.workspace_id
            and accounts.platform = metrics.platform
            and accounts.account_id = metrics.account_id
            and 'unlisted-of-' || lower(accounts.account_id) = metrics.campaign_id

)

select * from unlisted
