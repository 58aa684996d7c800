-- Schemas are exactly staging, intermediate, marts and seeds, in every environment: one warehouse, one set of names.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}


-- The raw record that touches were read from: an order, or one click of a log.
{% macro record_key(place, owner, id) -%}
    {{ place }} || ':' || {{ owner }} || ':' || {{ id }}
{%- endmacro %}
