-- The fields of a campaign's day in Meta's JSON, for current rows and observations alike.
{% macro meta_fields(payload) -%}
    {{ fields_of(payload, {
        'impressions': ['count', 'impressions'],
        'clicks': ['count', 'clicks'],
        'link_clicks': ['count', 'inline_link_clicks'],
        'spend': ['amount', 'spend'],
        'platform_ctr': ['ratio', 'ctr'],
        'platform_cpc': ['ratio', 'cpc'],
    }, pairs={
        'purchase_counts': 'actions',
        'purchase_values': 'action_values',
        'purchase_roas': 'purchase_roas',
        'website_roas': 'website_purchase_roas',
    }) }}
{%- endmacro %}


-- The metric columns of a campaign's day from the fields. ROAS of purchases seen by the website's pixel is in a list of
-- its own.
{% macro meta_day(payload, fields) -%}
    {{ as_label(payload ~ " ->> 'campaign_name'") }} as campaign_name,
    {{ as_label(payload ~ " ->> 'account_currency'", 20) }} as currency,
    {{ fields }}.impressions, {{ fields }}.clicks, {{ fields }}.link_clicks, {{ fields }}.spend,
    {{ fields }}.purchase_counts, {{ fields }}.purchase_values, {{ fields }}.platform_ctr, {{ fields }}.platform_cpc,
    coalesce({{ fields }}.purchase_roas || {{ fields }}.website_roas, {{ fields }}.purchase_roas, {{ fields }}.website_roas)
        as platform_roas,
    cast(null as boolean) as is_settled, {{ fields }}.unreadable
{%- endmacro %}
