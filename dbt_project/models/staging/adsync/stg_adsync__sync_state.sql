with

source as (

    select * from {{ source('adsync', 'sync_state') }}

),

renamed as (

    select
        platform,
        account_id,
        stream,
        status,
        covered_from,
        covered_through,
        last_success_at,
        last_attempt_at,
        error_class,
        error_message
    from source

)

select * from renamed
