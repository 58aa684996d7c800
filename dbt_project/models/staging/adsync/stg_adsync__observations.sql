-- Observations of campaign days, typed by the macro of each platform's staging model.

with

observations as (

    {{ union_observations() }}

)

select * from observations
