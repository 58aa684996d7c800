-- The calendar: what metrics over time are laid out on.

with

days as (

    select cast(day as date) as date
    from generate_series(timestamp '2015-01-01', timestamp '2049-12-31', interval '1 day') as series (day)

)

select * from days
