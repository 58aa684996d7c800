-- Joins the rates that hold for rows with workspace_id, currency and reporting_currency on their own day.
{% macro join_rates(rows, day) -%}
    {%- for name, owner in [('own_rates', rows ~ '.workspace_id'), ('shared_rates', "''")] %}
    left join {{ ref('int_fx_rates') }} as {{ name }}
        on
            {{ name }}.workspace_id = {{ owner }}
            and {{ rows }}.currency = {{ name }}.from_currency
            and {{ rows }}.reporting_currency = {{ name }}.to_currency
            and {{ rows }}.{{ day }} >= {{ name }}.valid_from
            and {{ rows }}.{{ day }} < {{ name }}.valid_until
    {%- endfor %}
{%- endmacro %}


-- Units of the reporting currency for one native unit: the workspace's own rate first; null when nobody knows it.
{% macro joined_rate(rows) -%}
    case
        when {{ rows }}.currency = {{ rows }}.reporting_currency then 1
        else coalesce(own_rates.rate, shared_rates.rate)
    end
{%- endmacro %}
