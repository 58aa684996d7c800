-- Types of `fields_of`. Each takes a text of any content and returns null where the text is not of the type: no value of
-- a payload fails a query.

-- An amount or a ratio below 10^12, which every sum and product of the marts can hold. NaN and infinity are not.
{% macro as_numeric(text, limit='999999999999') -%}
    case
        when pg_input_is_valid({{ text }}, 'numeric') and abs(cast({{ text }} as numeric)) < {{ limit }}
            then cast({{ text }} as numeric)
    end
{%- endmacro %}


{% macro as_amount(text) -%}
    cast({{ as_numeric(text) }} as numeric(18, 4))
{%- endmacro %}


{% macro as_ratio(text) -%}
    cast({{ as_numeric(text) }} as numeric(18, 6))
{%- endmacro %}


-- Millionths of a currency unit as an amount.
{% macro as_micros(text) -%}
    cast({{ as_numeric(text, limit='999999999999000000') }} / 1000000 as numeric(18, 4))
{%- endmacro %}


-- A whole number; "18342.0" is one, and a fraction is rounded.
{% macro as_count(text) -%}
    cast({{ as_numeric(text) }} as bigint)
{%- endmacro %}


-- The text of a number.
{% macro as_number_text(text) -%}
    case when {{ as_numeric(text) }} is not null then {{ text }} end
{%- endmacro %}


{% macro as_flag(text) -%}
    case {{ text }} when 'true' then true when 'false' then false end
{%- endmacro %}


-- An instant from an ISO timestamp with offset.
{% macro as_instant(text) -%}
    case
        when
            {{ text }} like '____-__-___%Z' or {{ text }} like '____-__-___%+%' or {{ text }} like '____-__-___%-%'
            then {{ instant_between_bounds(text) }}
    end
{%- endmacro %}


-- An instant from a timestamp without offset that is documented as UTC.
{% macro as_utc_instant(text) -%}
    case when {{ text }} like '____-__-___%' then {{ instant_between_bounds('(rtrim(' ~ text ~ ", 'Z') || '+00')") }} end
{%- endmacro %}


-- An instant from a timestamp without offset and its IANA time zone.
{% macro as_local_instant(text) -%}
    case
        when {{ text }} like '____-__-___% %/%' or {{ text }} like '____-__-___% UTC'
            then {{ instant_between_bounds(text) }}
    end
{%- endmacro %}


-- An instant of plausible years: others, such as the year 0, are no dates but the absence of one.
{% macro instant_between_bounds(text) -%}
    case
        when pg_input_is_valid({{ text }}, 'timestamptz') then case
            when cast({{ text }} as timestamptz) >= timestamptz '1980-01-01 00:00+00'
                and cast({{ text }} as timestamptz) < timestamptz '2100-01-01 00:00+00'
                then cast({{ text }} as timestamptz)
        end
    end
{%- endmacro %}


-- Text that an index can hold.
{% macro as_label(text, length=600) -%}
    left({{ text }}, {{ length }})
{%- endmacro %}


-- One of the payment statuses that all stores share; null for others, whose native status is reported as unknown.
{% macro as_payment_status(text) -%}
    case
        when {{ text }} in (
            'pending', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided', 'expired'
        ) then {{ text }}
    end
{%- endmacro %}
