with

source as (

    select * from {{ source('adsync', 'workspaces') }}

),

renamed as (

    select
        source.workspace_id,
        rates.rate ->> 'from' as from_currency,
        rates.rate ->> 'to' as to_currency,
        cast(rates.rate ->> 'since' as date) as valid_from,
        cast(rates.rate ->> 'rate' as numeric(20, 10)) as rate
    from source
    cross join lateral jsonb_array_elements({{ array_or_empty('source.fx_rates') }}) as rates (rate)

)

select * from renamed
