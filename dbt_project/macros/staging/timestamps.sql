-- An instant from a timestamp without offset that is documented as UTC.
{% macro utc_instant(clock) -%}
    cast({{ clock }} || '+00' as timestamptz)
{%- endmacro %}


-- An instant from a timestamp without offset that third parties may have written; null when invalid.
{% macro utc_instant_or_null(clock) -%}
    case
        when {{ clock }} ~ '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$' and pg_input_is_valid({{ clock }}, 'timestamp')
            then {{ utc_instant(clock) }}
    end
{%- endmacro %}


-- An instant from a timestamp without offset and its IANA time zone.
{% macro local_instant(clock, zone) -%}
    cast({{ clock }} as timestamp) at time zone ({{ zone }})
{%- endmacro %}
