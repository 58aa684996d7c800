-- How each account's sync is doing, at this moment: a view, because a sync that fails changes no table.

with

sync_health as (

    select * from {{ function('sync_health_now') }}()

)

select * from sync_health
