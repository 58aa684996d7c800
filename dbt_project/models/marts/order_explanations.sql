-- Why each order went where it did, in words.

with

order_explanations as (

    select * from {{ function('order_explanations_now') }}()

)

select * from order_explanations
