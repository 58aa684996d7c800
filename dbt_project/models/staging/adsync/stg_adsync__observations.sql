-- The ledger by the rules of each platform's own staging: what was known of a campaign's day, and since when.

with

observations as (

    {{ union_observations() }}

)

select * from observations
