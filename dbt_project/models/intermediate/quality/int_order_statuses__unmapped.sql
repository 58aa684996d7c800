-- Native statuses that the seed store_statuses does not map, as consistency issues.

with

unmapped as (

    select
        workspace_id,
        'unknown_status' as type,
        platform,
        store_id as account_id,
        native_status as about,
        max(local_date) as date,
        cast(count(*) as numeric) as value,
        'unmapped order status ''' || native_status || ''': add the missing value to seeds/store_statuses.csv; until '
        || 'then these orders count by their payment alone' as detail
    from {{ ref('orders') }}
    where stage = 'unknown'
    group by workspace_id, platform, store_id, native_status

)

select * from unmapped
