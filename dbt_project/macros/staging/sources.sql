-- The union of one staged entity over all registered sources of a kind, with the source as `platform`.
{% macro union_sources(kind, entity, columns) -%}
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


-- A subquery: the union of a staged entity ([kind, entity]) for connected accounts only.
{% macro connected_only(staged, columns) -%}
    (
        select staged.*
        from (
            {{ union_sources(staged[0], staged[1], columns | reject('equalto', 'platform') | list) }}
        ) as staged
        inner join {{ ref('int_accounts') }} as accounts
            on staged.platform = accounts.platform and staged.account_id = accounts.account_id
    )
{%- endmacro %}


-- The union of `raw.observations` over all ad platforms, each parsed by the macro that its staging model uses.
{% macro union_observations() -%}
    {%- for platform in var('adsync_sources')['ad_platforms'] %}
    {{ 'union all' if not loop.first }}
    select
        source as platform, account_id,
        -- Ids are digits, or letters too, which staging holds in lower case.
        lower(split_part(record_key, ':', 1)) as campaign_id, metric_date as date,
        {{ context[platform ~ '_day']('payload', 'fields') }},
        payload is null as is_withdrawn, observed_at, loaded_at
    from {{ source('raw', 'observations') }}
    cross join {{ context[platform ~ '_fields']('payload') }} as fields
    where source = '{{ platform }}' and stream = 'campaign_metrics'
    {%- endfor %}
{%- endmacro %}
