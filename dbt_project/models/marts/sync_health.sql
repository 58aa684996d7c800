-- The current sync status of each account. A view, because a failed sync changes no table that dbt reads.

with

sync_health as (

    select
        workspace_id,
        platform,
        account_id,
        kind,
        name,
        is_active,
        status,
        last_success_at,
        age,
        is_stale,
        covered_from,
        covered_through,
        final_through,
        complete_through,
        timezone_mismatch,
        error_class,
        error_message,
        calls_24h
    from {{ function('sync_health_now') }}()

)

select * from sync_health
