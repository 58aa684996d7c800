-- Joins of the exchange rates that are valid on the row's day. The row needs workspace_id, currency,
-- reporting_currency.
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


-- Units of the reporting currency per unit of the row's currency: the workspace's own rate, else the shared one, else
-- null.
{% macro joined_rate(rows) -%}
    case
        when {{ rows }}.currency = {{ rows }}.reporting_currency then 1
        else coalesce(own_rates.rate, shared_rates.rate)
    end
{%- endmacro %}
