-- Orders that no longer exist at their store, as consistency issues.

with

deleted as (

    select
        workspace_id,
        'deleted_order' as type,
        platform,
        store_id as account_id,
        order_id as about,
        local_date as date,
        cast(gross as numeric) as value,
        'order ' || coalesce(number, order_id) || ' was deleted at the store: its gross amount of '
        || coalesce(cast(round(gross, 2) as text), 'an unknown sum') || coalesce(' ' || currency, '')
        || ' no longer counts as revenue' as detail
    from {{ ref('orders') }}
    where status = 'deleted'

)

select * from deleted
