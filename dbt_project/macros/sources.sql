-- The staged entity of every registered source of a kind, one under another, told apart by `platform`.
{% macro union_staged(kind, entity, columns) -%}
    {%- for source in var('adsync_sources')[kind] %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select
        '{{ source }}' as platform,
        {{ columns | join(', ') }}
    from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
    {%- endfor %}
{%- endmacro %}
