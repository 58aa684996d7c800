-- A UTM parameter from the first place of an order that has it.
{% macro salla_utm(name) -%}
    coalesce(
        nullif({{ json_text('payload', ['source_details', 'utm_' ~ name]) }}, '')
        {%- for place in ['campaign', 'utm', 'marketing', 'attribution'] %}{% for key in [name, 'utm_' ~ name] %},
        nullif({{ json_text('payload', [place, key]) }}, '')
        {%- endfor %}{% endfor %}
    )
{%- endmacro %}
