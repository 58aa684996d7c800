-- The days on which clicks of a campaign are expected: from one day before its start to 30 days after its end.

with

campaigns as (

    select
        campaigns.*,
        accounts.timezone
    from {{ ref('int_campaigns') }} as campaigns
    inner join {{ ref('int_accounts') }} as accounts
        on campaigns.platform = accounts.platform and campaigns.account_id = accounts.account_id

),

flights as (

    select
        platform,
        account_id,
        campaign_id,
        coalesce(
            least({{ local_date('coalesce(started_at, created_at)', 'timezone') }}, first_date) - 1,
            '-infinity'
        ) as flight_from,
        -- A running campaign has no end; its last day with metrics moves every day.
        coalesce(
            case
                when stopped_at is not null then {{ local_date('stopped_at', 'timezone') }}
                when status not in ('active', 'limited') then last_date
            end + 30,
            'infinity'
        ) as flight_until
    from campaigns

)

select * from flights
