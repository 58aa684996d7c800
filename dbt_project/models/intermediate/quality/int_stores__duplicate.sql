-- Active links to a store that another active link already reads, as consistency issues.

with

duplicates as (

    select
        workspace_id,
        'duplicate_store' as type,
        platform,
        account_id,
        counted_as as about,
        cast(null as date) as date,
        cast(null as numeric) as value,
        'store ' || account_id || ' is the same shop as ' || counted_as || ', whose orders count; these do not: remove '
        || 'one of the two links from the configuration' as detail
    from {{ ref('int_stores__identified') }}
    where is_active and account_id <> counted_as

)

select * from duplicates
