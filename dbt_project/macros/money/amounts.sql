-- An amount, as marts hold it.
{% macro money(amount) -%}
    cast({{ amount }} as numeric(18, 4))
{%- endmacro %}


-- A ratio; null when the denominator is 0. The factor also turns integer division into numeric division.
{% macro ratio(numerator, denominator, factor=1) -%}
    cast({{ factor }}.0 * {{ numerator }} / nullif({{ denominator }}, 0) as numeric(18, 6))
{%- endmacro %}


-- A sum; null when one of the amounts is null. sum() alone would skip it and understate the total.
{% macro sum_or_null(amount) -%}
    case when count(*) = count({{ amount }}) then sum({{ amount }}) end
{%- endmacro %}


-- A condition: two ratios differ by more than rounding to two decimals explains.
{% macro ratios_differ(theirs, ours) -%}
    abs({{ theirs }} - {{ ours }}) > 0.0051 + 0.005 * abs({{ ours }})
{%- endmacro %}
