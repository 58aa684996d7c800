-- The last final day of each account: by measured maturity, otherwise by the default limit.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

-- The age from which on every metric has its final value, where it is measured on enough campaign days.
measured as (

    select
        workspace_id,
        platform,
        coalesce(max(age_days) filter (where abs(share - 1) > {{ var('adsync_final_tolerance') }}) + 1, 0) as final_age
    from {{ ref('metric_maturity') }}
    group by workspace_id, platform
    having min(rows) >= {{ var('adsync_final_rows') }}

),

with_final_age as (

    select
        accounts.workspace_id,
        accounts.platform,
        accounts.account_id,
        accounts.today,
        measured.final_age is not null as is_measured,
        -- A day is n days old once n complete days have passed since its end.
        least(measured.final_age + 1, {{ var('adsync_final_after_days') }}) as final_after_days
    from accounts
    left join measured on accounts.workspace_id = measured.workspace_id and accounts.platform = measured.platform

),

finality as (

    select
        workspace_id,
        platform,
        account_id,
        final_after_days,
        today - final_after_days as final_through,
        is_measured
    from with_final_age

)

select * from finality
