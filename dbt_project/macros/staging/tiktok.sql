-- The metric columns of a campaign's day from TikTok's JSON. `total_complete_payment_rate` is the purchase value.
{% macro tiktok_day(payload) -%}
    {%- set metrics = payload ~ " -> 'metrics'" -%}
    {{ metrics }} ->> 'campaign_name' as campaign_name,
    cast(null as text) as currency,
    cast({{ number(metrics ~ " ->> 'impressions'") }} as bigint) as impressions,
    cast({{ number(metrics ~ " ->> 'clicks'") }} as bigint) as clicks,
    cast({{ number(metrics ~ " ->> 'clicks'") }} as bigint) as link_clicks,
    {{ money(number(metrics ~ " ->> 'spend'")) }} as spend,
    {{ tiktok_purchases(metrics, 'complete_payment') }} as purchase_counts,
    {{ tiktok_purchases(metrics, 'total_complete_payment_rate') }} as purchase_values,
    cast({{ number(metrics ~ " ->> 'ctr'") }} as numeric(18, 6)) as platform_ctr,
    cast({{ number(metrics ~ " ->> 'cpc'") }} as numeric(18, 6)) as platform_cpc,
    {{ tiktok_purchases(metrics, 'complete_payment_roas') }} as platform_roas,
    cast(null as boolean) as is_settled
{%- endmacro %}


-- A purchase metric as an object by action type; "-" means not available.
{% macro tiktok_purchases(metrics, key) -%}
    {{ purchase_action_value('complete_payment', 'nullif(' ~ metrics ~ " ->> '" ~ key ~ "', '-')") }}
{%- endmacro %}
