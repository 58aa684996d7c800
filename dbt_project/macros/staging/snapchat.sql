-- The fields of a campaign's day in Snapchat's JSON. Spend and value are millionths; a swipe is a click.
{% macro snapchat_fields(payload) -%}
    {{ fields_of(payload, {
        'impressions': ['count', 'stats.impressions'],
        'clicks': ['count', 'stats.swipes'],
        'spend': ['micros', 'stats.spend'],
        'purchases': ['number_text', 'stats.conversion_purchases'],
        'purchase_value': ['micros', 'stats.conversion_purchases_value'],
        'ended_at': ['instant', 'end_time'],
        'delivery_final_at': ['instant', 'finalized_data_end_time'],
        'conversions_final_at': ['instant', 'conversion_data_processed_end_time'],
    }) }}
{%- endmacro %}


-- The metric columns of a campaign's day from Snapchat's JSON and the fields read from it. A day is settled once both
-- delivery and conversions are final.
{% macro snapchat_day(payload, fields) -%}
    {{ as_label(payload ~ " ->> 'campaign_name'") }} as campaign_name,
    cast(null as text) as currency,
    {{ fields }}.impressions, {{ fields }}.clicks, {{ fields }}.clicks as link_clicks, {{ fields }}.spend,
    {{ purchase_action_value('conversion_purchases', fields ~ '.purchases') }} as purchase_counts,
    {{ purchase_action_value('conversion_purchases', 'cast(' ~ fields ~ '.purchase_value as text)') }} as purchase_values,
    cast(null as numeric(18, 6)) as platform_ctr, cast(null as numeric(18, 6)) as platform_cpc,
    cast(null as jsonb) as platform_roas,
    {{ fields }}.ended_at <= least({{ fields }}.delivery_final_at, {{ fields }}.conversions_final_at) as is_settled,
    {{ fields }}.unreadable
{%- endmacro %}
