-- Statuses of a sync, worst first.
{% macro severity(status) -%}
    array_position(array['reauth_required', 'failed', 'retrying', 'paused', 'ok'], {{ status }})
{%- endmacro %}


-- Two statements of one ratio differ by more than rounding to two decimals explains.
{% macro disagree(theirs, ours) -%}
    abs({{ theirs }} - {{ ours }}) > 0.0051 + 0.005 * abs({{ ours }})
{%- endmacro %}
