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


-- What a touch weighs before the order's touches are made to add up to 1: half as much for every half-life of its age.
{% macro decayed(age_seconds) -%}
    power(cast(0.5 as double precision), {{ age_seconds }} / (86400.0 * {{ var('adsync_half_life_days') }}))
{%- endmacro %}


-- 40 % to the first touch, 40 % to the last, the rest to those between; two touches share equally.
{% macro position_based(position, touches) -%}
    cast(case
        when {{ touches }} <= 2 then 1.0 / {{ touches }}
        when {{ position }} in (1, {{ touches }}) then 0.4
        else 0.2 / ({{ touches }} - 2)
    end as double precision)
{%- endmacro %}


-- The what-if windows, in days; the longest is as far as every path reaches.
{% macro what_if_windows() -%}
    {{ return([1, 3, 7, 14, 28]) }}
{%- endmacro %}


-- The narrowest what-if window that reaches a touch of this age; null when none does.
{% macro narrowest_window(age_seconds) -%}
    case
        {%- for days in what_if_windows() %}
        when {{ age_seconds }} <= {{ 86400 * days }} then {{ days }}
        {%- endfor %}
    end
{%- endmacro %}
