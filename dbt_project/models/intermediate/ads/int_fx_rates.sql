-- Exchange rates into the workspaces' currencies by interval, crossed through the US dollar.

with

reporting as (

    select distinct currency from {{ ref('stg_adsync__workspaces') }}

),

rates as (

    select
        currency,
        valid_from,
        least(
            lead(valid_from, 1, 'infinity') over (partition by currency order by valid_from),
            -- A peg has no end; a floating rate expires.
            case
                when source in ('identity', 'peg') then cast('infinity' as date)
                else valid_from + {{ var('adsync_rate_serves_days') }}
            end
        ) as valid_until,
        units_per_usd
    from {{ ref('fx_rates') }}

),

shared_rates as (

    select
        '' as workspace_id,
        sold.currency as from_currency,
        bought.currency as to_currency,
        greatest(sold.valid_from, bought.valid_from) as valid_from,
        least(sold.valid_until, bought.valid_until) as valid_until,
        cast(round(bought.units_per_usd / sold.units_per_usd, 10) as numeric(20, 10)) as rate
    from rates as sold
    inner join rates as bought
        on
            sold.currency <> bought.currency
            and sold.valid_from < bought.valid_until
            and sold.valid_until > bought.valid_from
    inner join reporting on bought.currency = reporting.currency

),

-- A workspace's own rate is valid until its next one and does not expire.
own_rates as (

    select
        workspace_id,
        from_currency,
        to_currency,
        valid_from,
        lead(valid_from, 1, 'infinity') over (
            partition by workspace_id, from_currency, to_currency order by valid_from
        ) as valid_until,
        rate
    from {{ ref('stg_adsync__workspace_rates') }}

),

combined as (

    select * from shared_rates
    union all
    select * from own_rates

)

select * from combined
