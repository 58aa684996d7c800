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
