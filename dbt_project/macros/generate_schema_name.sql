-- Schemas are exactly staging, intermediate, marts and seeds, in every environment: one warehouse, one set of names.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
