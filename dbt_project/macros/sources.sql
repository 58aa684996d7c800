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


-- The same of the connected accounts only, as a subquery; `staged` is [kind, entity].
{% macro connected(staged, columns) -%}
    (
        select staged.*
        from (
            {{ union_staged(staged[0], staged[1], columns | reject('equalto', 'platform') | list) }}
        ) as staged
        inner join {{ ref('stg_adsync__accounts') }} as accounts
            on staged.platform = accounts.platform and staged.account_id = accounts.account_id
    )
{%- endmacro %}
