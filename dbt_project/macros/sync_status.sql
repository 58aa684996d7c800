-- The rank of a sync status, worst first.
{% macro status_severity(status) -%}
    array_position(array['reauth_required', 'failed', 'retrying', 'paused', 'ok'], {{ status }})
{%- endmacro %}
