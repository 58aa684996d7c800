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
{% macro purchase_action_value(action, value) -%}
    jsonb_build_object('{{ action }}', {{ value }})
{%- endmacro %}
