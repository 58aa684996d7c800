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


-- A clock without an offset that is known to mean UTC.
{% macro utc_instant(clock) -%}
    cast({{ clock }} || '+00' as timestamptz)
{%- endmacro %}


-- The same where anybody may have written it: what is no time is null, and stops nothing.
{% macro utc_instant_or_null(clock) -%}
    case
        when {{ clock }} ~ '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$' and pg_input_is_valid({{ clock }}, 'timestamp')
            then {{ utc_instant(clock) }}
    end
{%- endmacro %}


-- A clock and the IANA zone that it stands in.
{% macro local_instant(clock, zone) -%}
    cast({{ clock }} as timestamp) at time zone ({{ zone }})
{%- endmacro %}


-- An instant as text, whatever zone the session is in.
{% macro utc_text(instant) -%}
    to_char({{ instant }} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
{%- endmacro %}
