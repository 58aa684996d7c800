with

source as (

    select * from {{ source('adsync', 'sync_runs') }}

),

renamed as (

    select
        sync_run_id,
        platform,
        account_id,
        calls,
        started_at,
        outcome
    from source

)

select * from renamed
