-- Words of stores that the seed of statuses does not know, in the shape of a consistency issue.

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
        'nobody knows how far orders have come that say ''' || native_status || ''': add the word that is missing to '
        || 'seeds/store_statuses.csv; until then they count by their payment alone' as detail
    from {{ ref('orders') }}
    where stage = 'unknown'
    group by workspace_id, platform, store_id, native_status

)

select * from unmapped
