-- An amount, as marts hold it; null beyond the range of its type, which only nonsense reaches.
{% macro money(amount) -%}
    {%- if amount in ('null', '0') -%}
        cast({{ amount }} as numeric(18, 4))
    {%- else -%}
        cast(case when abs({{ amount }}) < 99999999999999 then {{ amount }} end as numeric(18, 4))
    {%- endif -%}
{%- endmacro %}


-- A value with six decimals, such as a ratio; null beyond the range of its type.
{% macro six_decimals(value) -%}
    cast(case when abs({{ value }}) < 999999999999 then {{ value }} end as numeric(18, 6))
{%- endmacro %}


-- A ratio; null when the denominator is 0. The factor also turns integer division into numeric division.
{% macro ratio(numerator, denominator, factor=1) -%}
    {{ six_decimals(factor ~ '.0 * ' ~ numerator ~ ' / nullif(' ~ denominator ~ ', 0)') }}
{%- endmacro %}


-- A sum; null when one of the amounts is null. sum() alone would skip it and understate the total.
{% macro sum_or_null(amount) -%}
    case when count(*) = count({{ amount }}) then sum({{ amount }}) end
{%- endmacro %}


-- An amount as text with its currency, where that is known.
{% macro amount_text(amount, currency) -%}
    concat_ws(' ', round({{ amount }}, 2), {{ currency }})
{%- endmacro %}


-- A condition: two ratios differ by more than rounding to two decimals explains.
{% macro ratios_differ(theirs, ours) -%}
    abs({{ theirs }} - {{ ours }}) > 0.0051 + 0.005 * abs({{ ours }})
{%- endmacro %}
