-- A UTM parameter of the browser's session or of the URL on which it began: the one that names a campaign comes first.
-- "(direct)" is WooCommerce's own value for links without a source.
{% macro woocommerce_utm(name) -%}
    {%- set told = "nullif(tags ->> '" ~ name ~ "', '(direct)')" -%}
    coalesce(
        case when coalesce(tags ->> 'utm_campaign', tags ->> 'utm_id') is not null then {{ told }} end,
        {{ query_parameter(name) }},
        {{ told }}
    )
{%- endmacro %}
