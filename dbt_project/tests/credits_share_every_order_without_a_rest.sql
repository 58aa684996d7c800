-- In every model the credits of an order add up to 1 and the credited values to its net amount; last_click equals the
-- attribution decision.

with

credits as (

    select
        store_platform,
        store_id,
        order_id,
        model,
        sum(credit) as credit,
        sum(credited_value) as credited_value,
        max(campaign_id) as campaign_id
    from {{ ref('attribution_credits') }}
    group by store_platform, store_id, order_id, model

),

decided as (

    select
        events.*,
        models.model
    from {{ ref('attribution_events') }} as events
    cross join (
        values ('last_click'), ('first_click'), ('linear'), ('position_based'), ('time_decay'), ('shapley')
    ) as models (model)

)

select
    store_platform,
    store_id,
    order_id,
    model,
    credits.credit,
    credits.credited_value,
    decided.conversion_value
from credits
full join decided using (store_platform, store_id, order_id, model)
where
    credits.credit is null
    or decided.event_time is null
    or abs(credits.credit - 1) > 1e-9
    or credits.credited_value is distinct from decided.conversion_value
    or (model = 'last_click' and credits.campaign_id <> decided.campaign_id)
