-- The calendar: the time spine of the semantic models.

with

days as (

    select cast(day as date) as date
    from generate_series(timestamp '2015-01-01', timestamp '2049-12-31', interval '1 day') as series (day)

)

select * from days
