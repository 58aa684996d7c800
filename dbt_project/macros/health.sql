-- Statuses of a sync, worst first.
{% macro severity(status) -%}
    array_position(array['reauth_required', 'failed', 'retrying', 'paused', 'ok'], {{ status }})
{%- endmacro %}


-- What usually lies behind two statements of one ratio that differ so much.
{% macro likely_cause(theirs, ours) -%}
    {%- set apart = 'greatest(' ~ theirs ~ ', ' ~ ours ~ ') / nullif(least(' ~ theirs ~ ', ' ~ ours ~ '), 0)' -%}
    case
        when {{ apart }} between 98 and 102 then 'percent on one side and a fraction on the other'
        when {{ apart }} between 980 and 1020 then 'a cost of one on one side and of a thousand on the other'
        when {{ apart }} between 980000 and 1020000 then 'micros on one side'
        else 'another kind of click or purchase, or one counted again under an alias'
    end
{%- endmacro %}


-- Two statements of one ratio differ by more than rounding to two decimals explains.
{% macro disagree(theirs, ours) -%}
    abs({{ theirs }} - {{ ours }}) > 0.0051 + 0.005 * abs({{ ours }})
{%- endmacro %}
