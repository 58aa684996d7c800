-- Visits that led to an order and clicks of logs, with their campaign or the reason why none is matched.

with

touches as (

    select
        matched.recorded_by,
        matched.record_key,
        matched.workspace_id,
        matched.store_platform,
        matched.store_id,
        matched.order_id,
        matched.touch_id,
        matched.kind,
        matched.event_time,
        matched.visitor_hash,
        matched.order_key,
        parsed.utm_source,
        parsed.utm_medium,
        {{ medium_kind('parsed.utm_medium') }} as medium_kind,
        parsed.utm_campaign,
        parsed.utm_content,
        parsed.utm_term,
        parsed.utm_id,
        parsed.click_id_type,
        parsed.referrer,
        parsed.landing_host,
        matched.told_platform,
        matched.platform,
        matched.account_id,
        matched.campaign_id,
        matched.match_rule,
        matched.unmatched_reason,
        matched.is_matched,
        matched.is_contested,
        matched.contenders,
        matched.source_conflict,
        {{ local_date('matched.event_time', 'accounts.timezone') }}
        not between flights.flight_from and flights.flight_until as outside_flight,
        matched.updated_at
    from {{ ref('int_touches__matched') }} as matched
    inner join {{ ref('int_touches__parsed') }} as parsed
        on matched.record_key = parsed.record_key and matched.touch_id = parsed.touch_id
    left join {{ ref('int_accounts') }} as accounts
        on matched.platform = accounts.platform and matched.account_id = accounts.account_id
    left join {{ ref('int_campaign_flights') }} as flights
        on
            matched.platform = flights.platform
            and matched.account_id = flights.account_id
            and matched.campaign_id = flights.campaign_id
    where {{ is_newly_matched('matched.record_key') }}

)

select * from touches
