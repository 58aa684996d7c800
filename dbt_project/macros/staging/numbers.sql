-- A number that a platform sends as text; "-" means not available.
{% macro number(text) -%}
    cast(nullif({{ text }}, '-') as numeric)
{%- endmacro %}


-- Millionths of a currency unit as an amount.
{% macro micros(amount) -%}
    {{ money('cast(' ~ amount ~ ' as numeric) / 1000000') }}
{%- endmacro %}


-- The count or value of one action type, out of an object by action type; 0 when the type is absent.
{% macro purchase(by_action, action) -%}
    {{ money('coalesce(cast(' ~ by_action ~ ' ->> ' ~ action ~ ' as numeric), 0)') }}
{%- endmacro %}


-- An object by action type, for platforms with a single purchase action.
{% macro purchase_action_value(action, value) -%}
    jsonb_build_object('{{ action }}', {{ value }})
{%- endmacro %}
