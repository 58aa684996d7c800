-- The count or value out of an object by action type: of the first of at most five types that has one, else 0. Staging
-- keeps only numbers in such objects.
{% macro purchase(by_action, actions) -%}
    cast(coalesce(cast(coalesce(
        {%- for n in range(5) %}{{ by_action }} ->> ({{ actions }} ->> {{ n }}){{ ', ' if not loop.last }}{% endfor -%}
    ) as numeric), 0) as numeric(18, 4))
{%- endmacro %}


-- The action types that count on a day: from the first day on which an account reports a type that counts all purchases,
-- only such types; a campaign whose other types overlap with them would otherwise be added in another measure.
{% macro actions_on(account, date) -%}
    case
        when {{ date }} >= {{ account }}.totals_since then {{ account }}.total_actions
        else {{ account }}.purchase_actions
    end
{%- endmacro %}


-- The action type that `purchase` takes; null when no type has a value.
{% macro purchase_action(by_action, actions) -%}
    case
        {%- for n in range(5) %}
        when {{ by_action }} ->> ({{ actions }} ->> {{ n }}) is not null then {{ actions }} ->> {{ n }}
        {%- endfor %}
    end
{%- endmacro %}


-- An object by action type, for platforms with a single purchase action.
{% macro purchase_action_value(action, value) -%}
    jsonb_build_object('{{ action }}', {{ value }})
{%- endmacro %}
