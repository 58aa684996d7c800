-- An explanation of each order's attribution in words.

with

order_explanations as (

    select
        workspace_id,
        store_platform,
        store_id,
        order_id,
        number,
        order_date,
        outcome,
        reason,
        sentence,
        touches,
        rejected_more
    from {{ function('order_explanations_now') }}()

)

select * from order_explanations
