-- The count or value of one action type, out of an object by action type; 0 when the type is absent. Staging keeps only
-- numbers in such objects.
{% macro purchase(by_action, action) -%}
    cast(coalesce(cast({{ by_action }} ->> {{ action }} as numeric), 0) as numeric(18, 4))
{%- endmacro %}


-- An object by action type, for platforms with a single purchase action.
{% macro purchase_action_value(action, value) -%}
    jsonb_build_object('{{ action }}', {{ value }})
{%- endmacro %}
