{% macro money(amount) -%}
    cast({{ amount }} as numeric(18, 4))
{%- endmacro %}


-- Null when undefined: 0 would say "spent, and nothing came back". The factor also keeps counts from whole division.
{% macro ratio(numerator, denominator, factor=1) -%}
    cast({{ factor }}.0 * {{ numerator }} / nullif({{ denominator }}, 0) as numeric(18, 6))
{%- endmacro %}


-- A total with an unknown part is unknown: sum() alone would leave the part out and look right.
{% macro sum_or_null(amount) -%}
    case when count(*) = count({{ amount }}) then sum({{ amount }}) end
{%- endmacro %}


-- Two statements of one ratio differ by more than rounding to two decimals explains.
{% macro ratios_differ(theirs, ours) -%}
    abs({{ theirs }} - {{ ours }}) > 0.0051 + 0.005 * abs({{ ours }})
{%- endmacro %}
