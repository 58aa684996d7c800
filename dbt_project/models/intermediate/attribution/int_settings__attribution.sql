-- The settings that the attribution of a store's orders depends on, as one fingerprint.

with

stores as (

    select * from {{ ref('int_settings__stores') }}

),

settings as (

    select
        stores.platform,
        stores.account_id,
        stores.workspace_id,
        stores.window_days,
        md5(cast(jsonb_build_array(
            stores.money_key,
            stores.window_days,
            matching.settings_key
        ) as text)) as settings_key
    from stores
    left join {{ ref('int_settings__matching') }} as matching
        on stores.platform || ':' || stores.account_id = matching.recorded_by

)

select * from settings
