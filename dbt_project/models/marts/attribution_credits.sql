-- The credit of each campaign for each order, by six attribution models. Credited values add up to the order exactly.

with

settings as (

    select * from {{ ref('int_settings__attribution') }}

),

changed_orders as (

    {{ changed_orders(ref('int_settings__attribution'), orders=ref('attribution_decisions')) }}

),

-- Touches within the window are the latest ones, so their positions have no gaps.
touches as (

    select
        paths.*,
        row_number() over (
            partition by
                paths.store_platform,
                paths.store_id,
                paths.order_id,
                paths.platform,
                paths.account_id,
                paths.campaign_id
            order by paths.position
        ) = 1 as is_campaigns_last
    from changed_orders
    inner join settings
        on changed_orders.store_platform = settings.platform and changed_orders.store_id = settings.account_id
    inner join {{ ref('int_orders__touch_paths') }} as paths
        on
            changed_orders.store_platform = paths.store_platform
            and changed_orders.store_id = paths.store_id
            and changed_orders.order_id = paths.order_id
            and paths.age_seconds <= 86400.0 * settings.window_days

),

-- Always in the order of the path: floating-point sums depend on the order of their terms.
with_counts as (

    select
        *,
        count(*) over same_order as touches,
        count(*) filter (where is_campaigns_last) over same_order as campaigns,
        {{ time_decay_weight('age_seconds') }}
        / sum({{ time_decay_weight('age_seconds') }}) over same_order as decayed_share
    from touches
    window same_order as (
        partition by store_platform, store_id, order_id
        order by position rows between unbounded preceding and unbounded following
    )

),

campaigns as (

    select
        store_platform,
        store_id,
        order_id,
        platform,
        account_id,
        campaign_id,
        bool_or(position = 1) as is_last,
        bool_or(position = touches) as is_first,
        cast(count(*) as double precision) / max(touches) as linear,
        sum({{ position_based('position', 'touches') }} order by position) as position_based,
        sum(decayed_share order by position) as time_decay,
        1 / cast(max(campaigns) as double precision) as shapley,
        max(updated_at) as updated_at
    from with_counts
    group by store_platform, store_id, order_id, platform, account_id, campaign_id

),

credits as (

    select
        campaigns.store_platform,
        campaigns.store_id,
        campaigns.order_id,
        models.model,
        campaigns.platform,
        campaigns.account_id,
        campaigns.campaign_id,
        models.credit,
        campaigns.is_last,
        campaigns.updated_at
    from campaigns
    cross join
        lateral (
            values
            ('last_click', cast(cast(campaigns.is_last as integer) as double precision)),
            ('first_click', cast(campaigns.is_first as integer)),
            ('linear', campaigns.linear),
            ('position_based', campaigns.position_based),
            ('time_decay', campaigns.time_decay),
            ('shapley', campaigns.shapley)
        ) as models (model, credit)
    where models.credit > 0

),

with_value as (

    select
        credits.*,
        orders.workspace_id,
        orders.net_reporting,
        {{ money('round(orders.net_reporting * cast(credits.credit as numeric), 4)') }} as share,
        {{ local_date('orders.order_date', 'accounts.timezone') }} as campaign_date,
        orders.local_date as workspace_date
    from credits
    inner join {{ ref('orders') }} as orders
        on
            credits.store_platform = orders.platform
            and credits.store_id = orders.store_id
            and credits.order_id = orders.order_id
    inner join {{ ref('int_accounts') }} as accounts
        on credits.platform = accounts.platform and credits.account_id = accounts.account_id

),

-- The last touch gets the remainder of rounding.
rounded as (

    select
        *,
        share + case
            when is_last
                then net_reporting - sum(share) over (partition by store_platform, store_id, order_id, model)
            else 0
        end as credited_value
    from with_value

),

attribution_credits as (

    select
        workspace_id,
        store_platform,
        store_id,
        order_id,
        model,
        platform,
        account_id,
        campaign_id,
        credit,
        {{ money('credited_value') }} as credited_value,
        campaign_date,
        workspace_date,
        updated_at
    from rounded

)

select * from attribution_credits
