-- "Now": the variable `as_of` where a test or a backtest fixes it, else the database's clock.
{% macro as_of() -%}
    {%- if var('as_of') -%}
        cast('{{ var("as_of") }}' as timestamptz)
    {%- else -%}
        current_timestamp
    {%- endif -%}
{%- endmacro %}


-- The calendar day of an instant in an IANA zone.
{% macro local_date(instant, zone) -%}
    cast({{ instant }} at time zone {{ zone }} as date)
{%- endmacro %}


-- The instant at which a day of a zone is over; days of 23 and 25 hours included.
{% macro day_end(day, zone) -%}
    (cast({{ day }} + 1 as timestamp) at time zone {{ zone }})
{%- endmacro %}


-- An instant as text, whatever zone the session is in.
{% macro utc_text(instant) -%}
    to_char({{ instant }} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
{%- endmacro %}


-- What was known of a campaign's day (`day`: a row of campaign_metrics) when it was as old as the judged day is: nothing
-- if nobody had read the account between the day's end and then, for half a day would stand for the whole.
{% macro metrics_at_same_age(day, judged) -%}
    {%- set ended = day_end(day ~ '.date', judged ~ '.timezone') -%}
    select version.campaign_id, version.impressions, version.clicks, version.spend,
        {{ purchase('version.purchase_counts', judged ~ '.purchase_action') }} as conversions,
        {{ purchase('version.purchase_values', judged ~ '.purchase_action') }} as revenue
    from {{ ref('int_ad_metrics__versions') }} as version
    where (version.platform, version.account_id, version.date, version.campaign_id)
        = ({{ day }}.platform, {{ day }}.account_id, {{ day }}.date, {{ day }}.campaign_id)
        and version.observed_at <= {{ ended }} + {{ judged }}.age
        and (version.observed_at >= {{ ended }}
            or {{ was_synced_between(day, ended, ended ~ ' + ' ~ judged ~ '.age') }})
    order by version.observed_at desc, version.updated_at desc limit 1
{%- endmacro %}


-- The account has something in the ledger, of this day or the next, from between two moments.
{% macro was_synced_between(day, since, until) -%}
    exists (
        select 1 from {{ ref('int_ad_metrics__versions') }} as reading
        where (reading.platform, reading.account_id) = ({{ day }}.platform, {{ day }}.account_id)
            and reading.date between {{ day }}.date and {{ day }}.date + 1
            and reading.observed_at between {{ since }} and {{ until }}
    )
{%- endmacro %}
