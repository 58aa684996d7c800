-- The current sync status of each account. A view, because a failed sync changes no table that dbt reads.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

-- Freshness is that of the metrics or orders stream; status is the worst of all streams.
streams as (

    select
        platform,
        account_id,
        max(covered_from) filter (where stream in ('campaign_metrics', 'orders')) as covered_from,
        max(covered_through) filter (where stream in ('campaign_metrics', 'orders')) as covered_through,
        max(last_success_at) filter (where stream in ('campaign_metrics', 'orders')) as last_success_at,
        (array_agg(status order by {{ status_severity('status') }}))[1] as status,
        (array_agg(error_class order by {{ status_severity('status') }}))[1] as error_class,
        (array_agg(error_message order by {{ status_severity('status') }}))[1] as error_message
    from {{ ref('stg_adsync__sync_state') }}
    group by platform, account_id

),

calls as (

    select
        platform,
        account_id,
        sum(calls) as calls_24h
    from {{ ref('stg_adsync__sync_runs') }}
    where started_at > {{ as_of() }} - interval '24 hours'
    group by platform, account_id

),

health as (

    select
        accounts.workspace_id,
        accounts.platform,
        accounts.account_id,
        accounts.kind,
        accounts.name,
        accounts.is_active,
        coalesce(streams.status, 'never_synced') as status,
        streams.last_success_at,
        {{ as_of() }} - streams.last_success_at as age,
        accounts.is_active
        and coalesce({{ as_of() }} - streams.last_success_at > interval '{{ var("adsync_stale_after") }}', true)
            as is_stale,
        streams.covered_from,
        streams.covered_through,
        least(
            streams.covered_through,
            {{ local_date(as_of(), 'accounts.timezone') }} - finality.final_after_days
        ) as final_through,
        -- The last day that was synced after its end.
        least(
            streams.covered_through,
            {{ local_date('streams.last_success_at', 'accounts.timezone') }} - 1
        ) as complete_through,
        accounts.timezone <> accounts.workspace_timezone as timezone_mismatch,
        streams.error_class,
        streams.error_message,
        coalesce(calls.calls_24h, 0) as calls_24h
    from accounts
    left join streams on accounts.platform = streams.platform and accounts.account_id = streams.account_id
    left join {{ ref('account_finality') }} as finality
        on accounts.platform = finality.platform and accounts.account_id = finality.account_id
    left join calls on accounts.platform = calls.platform and accounts.account_id = calls.account_id

)

select * from health
