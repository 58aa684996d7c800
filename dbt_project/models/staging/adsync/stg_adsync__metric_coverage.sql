with

source as (

    select * from {{ source('adsync', 'metric_coverage') }}

),

renamed as (

    select
        platform,
        account_id,
        covered_from
    from source

)

select * from renamed
