-- Of several touches' reasons, the one that says most about how near the order came to a campaign.
{% macro nearest_reason(reason) -%}
    {%- set ranking = [
        'outside_window', 'touch_after_order', 'ambiguous_name', 'unknown_campaign', 'damaged_id', 'macro_unexpanded',
        'platform_only', 'no_utm', 'direct',
    ] -%}
    (array['{{ ranking | join("', '") }}'])[min(array_position(array['{{ ranking | join("', '") }}'], {{ reason }}))]
{%- endmacro %}


-- How long before an order its path may begin: what-if windows reach 28 days, a workspace's own may reach further.
{% macro path_horizon(window_days) -%}
    make_interval(hours => 24 * greatest(28, {{ window_days }}))
{%- endmacro %}
