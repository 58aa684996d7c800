-- Ad metrics of all platforms, typed once from JSON. An account's day is replaced as a whole.

with

changed_days as (

    select
        staged.platform,
        staged.account_id,
        staged.date
    from (
        {{ union_sources('ad_platforms', 'campaign_metrics', ['account_id', 'campaign_id', 'date', 'loaded_at']) }}
    ) as staged
    where {{ is_new_or_updated('staged', ['platform', 'account_id', 'campaign_id', 'date'], version='loaded_at') }}
    union
    {{ days_with_deleted_rows(
        '(' ~ union_sources('ad_platforms', 'campaign_metrics', ['account_id', 'campaign_id', 'date']) ~ ')'
    ) }}

),

metrics as (

    select
        changed_days.platform,
        changed_days.account_id,
        changed_days.date,
        staged.campaign_id,
        staged.campaign_name,
        staged.currency,
        staged.impressions,
        staged.clicks,
        staged.link_clicks,
        staged.spend,
        staged.purchase_counts,
        staged.purchase_values,
        staged.platform_ctr,
        staged.platform_cpc,
        staged.platform_roas,
        staged.is_settled,
        staged.unreadable,
        staged.loaded_at as updated_at
    from changed_days
    left join lateral (
        select staged.*
        from (
            {{ union_sources('ad_platforms', 'campaign_metrics', [
                'account_id', 'campaign_id', 'date', 'campaign_name', 'currency', 'impressions', 'clicks',
                'link_clicks', 'spend', 'purchase_counts', 'purchase_values', 'platform_ctr', 'platform_cpc',
                'platform_roas', 'is_settled', 'unreadable', 'loaded_at',
            ]) }}
        ) as staged
        where
            staged.platform = changed_days.platform
            and staged.account_id = changed_days.account_id
            and staged.date = changed_days.date
        -- An optimization fence: without it the planner may parse the JSON of all history to join a few days.
        offset 0  -- noqa: AM09
    ) as staged on true

),

final as (

    select * from metrics
    where {{ keep_emptied_units() }}

)

select * from final
