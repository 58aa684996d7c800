with

source as (

    select * from {{ source('adsync', 'accounts') }}

),

renamed as (

    select
        platform,
        native_id as account_id,
        workspace_id,
        kind,
        name,
        currency,
        -- A zone that PostgreSQL does not know would fail every query of the account's days.
        case when pg_input_is_valid('2000-01-01 00:00 ' || timezone, 'timestamptz') then timezone end as timezone,
        options ->> 'purchase_action' as purchase_action,
        is_active
    from source

)

select * from renamed
