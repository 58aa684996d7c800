{% macro money(amount) -%}
    cast({{ amount }} as numeric(18, 4))
{%- endmacro %}


-- Null when undefined: 0 would say "spent, and nothing came back". The factor also keeps counts from whole division.
{% macro ratio(numerator, denominator, factor=1) -%}
    cast({{ factor }}.0 * {{ numerator }} / nullif({{ denominator }}, 0) as numeric(18, 6))
{%- endmacro %}


-- A total with an unknown part is unknown: sum() alone would leave the part out and look right.
{% macro sum_known(amount) -%}
    case when count(*) = count({{ amount }}) then sum({{ amount }}) end
{%- endmacro %}


-- Platforms send numbers as text, and "-" for "not available".
{% macro number(text) -%}
    cast(nullif({{ text }}, '-') as numeric)
{%- endmacro %}


-- Millionths of a currency unit.
{% macro micros(amount) -%}
    {{ money('cast(' ~ amount ~ ' as numeric) / 1000000') }}
{%- endmacro %}


-- A count or value by action type, for one type; nothing reported is nothing claimed.
{% macro purchase(by_action, action) -%}
    {{ money('coalesce(cast(' ~ by_action ~ ' ->> ' ~ action ~ ' as numeric), 0)') }}
{%- endmacro %}


-- The same by the one name that a platform has for it.
{% macro one_purchase(action, value) -%}
    jsonb_build_object('{{ action }}', {{ value }})
{%- endmacro %}
