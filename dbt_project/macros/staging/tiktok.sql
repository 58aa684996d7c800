-- The fields of a campaign's day in TikTok's JSON; "-" means not available. `total_complete_payment_rate` is the purchase
-- value. A GMV Max campaign has a cost, orders and gross revenue instead.
{% macro tiktok_fields(payload) -%}
    {{ fields_of(payload, {
        'impressions': ['count', 'metrics.impressions'],
        'clicks': ['count', 'metrics.clicks'],
        'spend': ['amount', 'metrics.spend'],
        'cost': ['amount', 'metrics.cost'],
        'purchases': ['number_text', 'metrics.complete_payment'],
        'purchase_value': ['number_text', 'metrics.total_complete_payment_rate'],
        'orders': ['number_text', 'metrics.orders'],
        'gross_revenue': ['number_text', 'metrics.gross_revenue'],
        'platform_ctr': ['ratio', 'metrics.ctr'],
        'platform_cpc': ['ratio', 'metrics.cpc'],
        'roas': ['number_text', 'metrics.complete_payment_roas'],
    }, absent='-') }}
{%- endmacro %}


-- The metric columns of a campaign's day from TikTok's JSON and the fields read from it.
{% macro tiktok_day(payload, fields) -%}
    {%- set purchases = 'coalesce(' ~ fields ~ '.purchases, ' ~ fields ~ '.orders)' -%}
    {%- set purchase_value = 'coalesce(' ~ fields ~ '.purchase_value, ' ~ fields ~ '.gross_revenue)' -%}
    {{ as_label(json_text(payload, ['metrics', 'campaign_name'])) }} as campaign_name,
    cast(null as text) as currency,
    {{ fields }}.impressions, {{ fields }}.clicks, {{ fields }}.clicks as link_clicks,
    coalesce({{ fields }}.spend, {{ fields }}.cost) as spend,
    {{ purchase_action_value('complete_payment', purchases) }} as purchase_counts,
    {{ purchase_action_value('complete_payment', purchase_value) }} as purchase_values,
    {{ fields }}.platform_ctr, {{ fields }}.platform_cpc,
    {{ purchase_action_value('complete_payment', fields ~ '.roas') }} as platform_roas,
    cast(null as boolean) as is_settled, {{ fields }}.unreadable
{%- endmacro %}
