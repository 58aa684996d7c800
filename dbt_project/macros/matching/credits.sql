-- The weight of a touch before weights are normalized to 1: it halves with every half-life of the touch's age.
{% macro time_decay_weight(age_seconds) -%}
    power(cast(0.5 as double precision), {{ age_seconds }} / (86400.0 * {{ var('adsync_half_life_days') }}))
{%- endmacro %}


-- 40 % to the first touch, 40 % to the last, 20 % to those between; two touches get half each.
{% macro position_based(position, touches) -%}
    cast(case
        when {{ touches }} <= 2 then 1.0 / {{ touches }}
        when {{ position }} in (1, {{ touches }}) then 0.4
        else 0.2 / ({{ touches }} - 2)
    end as double precision)
{%- endmacro %}


-- The what-if windows, in days. The lookback covers the longest one.
{% macro what_if_windows() -%}
    {{ return([1, 3, 7, 14, 28]) }}
{%- endmacro %}


-- The narrowest what-if window that includes a touch of this age; null when none does.
{% macro narrowest_window(age_seconds) -%}
    case
        {%- for days in what_if_windows() %}
        when {{ age_seconds }} <= {{ 86400 * days }} then {{ days }}
        {%- endfor %}
    end
{%- endmacro %}
