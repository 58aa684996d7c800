-- Production has the schemas staging, intermediate, marts and seeds. Any other target has its own, below its `schema`:
-- dev_sara_staging, dev_sara_marts and so on.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if target.name == 'warehouse' -%}
        {{ custom_schema_name or target.schema }}
    {%- else -%}
        {{ target.schema }}{{ '_' ~ custom_schema_name if custom_schema_name }}
    {%- endif -%}
{%- endmacro %}
