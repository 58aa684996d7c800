-- Records that could not be read or stored, as consistency issues: the newest 100 of each account and stream.

with

rejected as (

    select
        records.*,
        row_number() over (
            partition by records.platform, records.account_id, records.stream
            order by records.last_seen_at desc, records.record asc
        ) as position
    from {{ ref('stg_adsync__rejected_records') }} as records

),

issues as (

    select
        accounts.workspace_id,
        'rejected_record' as type,
        rejected.platform,
        rejected.account_id,
        rejected.stream || ': ' || rejected.record as about,
        {{ local_date('rejected.first_seen_at', "'UTC'") }} as date,
        cast(rejected.attempts as numeric) as value,
        rejected.reason || '. It is missing from all figures; it is read again and leaves once it reads. '
        || 'What it shows: ' || coalesce(nullif(rejected.excerpt, ''), 'nothing') as detail
    from rejected
    inner join {{ ref('int_accounts') }} as accounts
        on rejected.platform = accounts.platform and rejected.account_id = accounts.account_id
    where rejected.position <= 100

)

select * from issues
