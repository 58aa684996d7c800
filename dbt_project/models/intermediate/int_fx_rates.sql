-- Every pair of currencies by interval; two currencies that are not the dollar meet in it.

with

rates as (

    select
        currency,
        valid_from,
        least(
            coalesce(valid_until, 'infinity'),
            lead(valid_from, 1, 'infinity') over (partition by currency order by valid_from)
        ) as valid_until,
        units_per_usd
    from {{ ref('fx_rates') }}

),

pairs as (

    select
        sold.currency as from_currency,
        bought.currency as to_currency,
        greatest(sold.valid_from, bought.valid_from) as valid_from,
        least(sold.valid_until, bought.valid_until) as valid_until,
        cast(round(bought.units_per_usd / sold.units_per_usd, 10) as numeric(20, 10)) as rate
    from rates as sold
    inner join rates as bought
        on sold.valid_from < bought.valid_until and sold.valid_until > bought.valid_from

)

select * from pairs
