-- Now: the variable `as_of` where a test or a backtest sets it, else the database's clock.
{% macro as_of() -%}
    {%- if var('as_of') -%}
        cast('{{ var("as_of") }}' as timestamptz)
    {%- else -%}
        current_timestamp
    {%- endif -%}
{%- endmacro %}


-- The calendar day of an instant in an IANA time zone.
{% macro local_date(instant, zone) -%}
    cast({{ instant }} at time zone {{ zone }} as date)
{%- endmacro %}


-- The instant at which a day ends in a time zone, for days of 23 and 25 hours too.
{% macro day_end(day, zone) -%}
    (cast({{ day }} + 1 as timestamp) at time zone {{ zone }})
{%- endmacro %}


-- An instant as ISO text in UTC, whatever the session's time zone.
{% macro utc_text(instant) -%}
    to_char({{ instant }} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
{%- endmacro %}


-- The metrics of a campaign's day (`day`: a row of campaign_metrics) as known when it was as old as the evaluated day
-- is now. No row when the account was not synced between the day's end and that age: a partial day is not comparable.
{% macro metrics_at_same_age(day, evaluated) -%}
    {%- set ended = day_end(day ~ '.date', evaluated ~ '.timezone') -%}
    select version.campaign_id, version.impressions, version.clicks, version.spend,
        {{ purchase('version.purchase_counts', actions_on(evaluated, 'version.date')) }} as conversions,
        {{ purchase('version.purchase_values', actions_on(evaluated, 'version.date')) }} as revenue
    from {{ ref('int_ad_metrics__versions') }} as version
    where (version.platform, version.account_id, version.date, version.campaign_id)
        = ({{ day }}.platform, {{ day }}.account_id, {{ day }}.date, {{ day }}.campaign_id)
        and version.observed_at <= {{ ended }} + {{ evaluated }}.age
        and (version.observed_at >= {{ ended }}
            or {{ was_synced_between(day, ended, ended ~ ' + ' ~ evaluated ~ '.age') }})
    order by version.observed_at desc, version.updated_at desc limit 1
{%- endmacro %}


-- A condition: `raw.observations` has a row of the account, for this day or the next, from between two instants.
{% macro was_synced_between(day, since, until) -%}
    exists (
        select 1 from {{ ref('int_ad_metrics__versions') }} as reading
        where (reading.platform, reading.account_id) = ({{ day }}.platform, {{ day }}.account_id)
            and reading.date between {{ day }}.date and {{ day }}.date + 1
            and reading.observed_at between {{ since }} and {{ until }}
    )
{%- endmacro %}


-- The dashboard's periods, as rows of a name and a number of days including today.
{% macro dashboard_periods() -%}
    {% for period, days in var('adsync_periods').items() %}('{{ period }}', {{ days }}){{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}


-- The number of days of the shortest period that has a day of this age; today's age is 0.
{% macro days_of_shortest_period(age) -%}
    case{% for days in var('adsync_periods').values() %} when {{ age }} < {{ days }} then {{ days }}{% endfor %} end
{%- endmacro %}


{% macro days_of_longest_period() -%}
    {{ var('adsync_periods').values() | max }}
{%- endmacro %}
