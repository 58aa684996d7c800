-- The metric columns of a campaign's day from Snapchat's JSON. Spend and value are millionths; a swipe is a click.
{% macro snapchat_day(payload) -%}
    {%- set stats = payload ~ " -> 'stats'" -%}
    {%- set claimed = micros(stats ~ " ->> 'conversion_purchases_value'") -%}
    {{ payload }} ->> 'campaign_name' as campaign_name,
    cast(null as text) as currency,
    cast({{ stats }} ->> 'impressions' as bigint) as impressions,
    cast({{ stats }} ->> 'swipes' as bigint) as clicks,
    cast({{ stats }} ->> 'swipes' as bigint) as link_clicks,
    {{ micros(stats ~ " ->> 'spend'") }} as spend,
    {{ purchase_action_value('conversion_purchases', stats ~ " ->> 'conversion_purchases'") }} as purchase_counts,
    {{ purchase_action_value('conversion_purchases', 'cast(' ~ claimed ~ ' as text)') }} as purchase_values,
    cast(null as numeric(18, 6)) as platform_ctr, cast(null as numeric(18, 6)) as platform_cpc,
    cast(null as jsonb) as platform_roas,
    {{ snapchat_settled(payload) }} as is_settled
{%- endmacro %}


-- A condition: Snapchat reports both delivery and conversions of the period as final.
{% macro snapchat_settled(payload) -%}
    cast({{ payload }} ->> 'end_time' as timestamptz) <= least(
        cast({{ payload }} ->> 'finalized_data_end_time' as timestamptz),
        cast({{ payload }} ->> 'conversion_data_processed_end_time' as timestamptz)
    )
{%- endmacro %}
