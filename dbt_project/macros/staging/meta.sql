-- The metric columns of a campaign's day from Meta's JSON, for current rows and observations alike.
{% macro meta_day(payload) -%}
    {{ payload }} ->> 'campaign_name' as campaign_name,
    {{ payload }} ->> 'account_currency' as currency,
    cast({{ number(payload ~ " ->> 'impressions'") }} as bigint) as impressions,
    cast({{ number(payload ~ " ->> 'clicks'") }} as bigint) as clicks,
    cast({{ number(payload ~ " ->> 'inline_link_clicks'") }} as bigint) as link_clicks,
    {{ money(number(payload ~ " ->> 'spend'")) }} as spend,
    {{ json_pairs(payload ~ " -> 'actions'", 'action_type', 'value', 'purchase|conversion') }} as purchase_counts,
    {{ json_pairs(payload ~ " -> 'action_values'", 'action_type', 'value', 'purchase|conversion') }} as purchase_values,
    cast({{ number(payload ~ " ->> 'ctr'") }} as numeric(18, 6)) as platform_ctr,
    cast({{ number(payload ~ " ->> 'cpc'") }} as numeric(18, 6)) as platform_cpc,
    {{ meta_roas(payload) }} as platform_roas,
    cast(null as boolean) as is_settled
{%- endmacro %}


-- ROAS by action type. Purchases seen by the website's pixel are in a separate list.
{% macro meta_roas(payload) -%}
    {%- set seen = array_or_empty(payload ~ " -> 'website_purchase_roas'") -%}
    {%- set both = array_or_empty(payload ~ " -> 'purchase_roas'") ~ ' || ' ~ seen -%}
    {{ json_pairs(both, 'action_type', 'value', 'purchase|conversion') }}
{%- endmacro %}
