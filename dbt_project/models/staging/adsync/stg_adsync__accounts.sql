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
        timezone,
        options ->> 'purchase_action' as purchase_action,
        is_active
    from source

)

select * from renamed
