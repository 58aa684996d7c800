-- The settings that a store's orders depend on, as fingerprints.

with

stores as (

    select * from {{ ref('int_accounts') }}
    where kind = 'store'

),

statuses as (

    select md5(string_agg(cast(store_statuses as text), ';' order by platform, field, native_status)) as version
    from {{ ref('store_statuses') }} as store_statuses

),

order_history as (

    select
        platform,
        account_id,
        covered_from
    from {{ ref('stg_adsync__sync_state') }}
    where stream = 'orders'

),

settings as (

    select
        stores.platform,
        stores.account_id,
        stores.workspace_id,
        stores.window_days,
        stores.timezone,
        stores.workspace_timezone,
        stores.reporting_currency,
        -- From this day on, customers without earlier orders count as new.
        order_history.covered_from + {{ var('adsync_customer_history_days') }} as customers_known_from,
        md5(stores.settings_key || statuses.version) as money_key
    from stores
    left join order_history on stores.platform = order_history.platform and stores.account_id = order_history.account_id
    cross join statuses

),

fingerprinted as (

    select
        *,
        md5(money_key || coalesce(cast(customers_known_from as text), '')) as settings_key
    from settings

)

select * from fingerprinted
