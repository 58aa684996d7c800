-- Text at a path of keys.
{% macro json_text(document, path) -%}
    {{ document }} #>> '{{ "{" ~ path | join(",") ~ "}" }}'
{%- endmacro %}


-- The purchases of a list of {action_type, value} objects, as an object; null when there is none. A value that is not a
-- number becomes null.
{% macro json_pairs(list) -%}
    (
        select jsonb_object_agg(pair ->> 'action_type', {{ as_number_text("(pair ->> 'value')") }})
        from jsonb_array_elements({{ array_or_empty(list) }}) as pairs (pair)
        where pair ->> 'action_type' ~ 'purchase|conversion'
    )
{%- endmacro %}


-- Rows from a list of {id, key, value} objects; values that are neither text nor number become null.
{% macro json_entries(list) -%}
    (
        select
            {{ as_count("(entry ->> 'id')") }} as id,
            entry ->> 'key' as key,
            case when jsonb_typeof(entry -> 'value') in ('string', 'number') then entry ->> 'value' end as value
        from jsonb_array_elements({{ array_or_empty(list) }}) as entries (entry)
    )
{%- endmacro %}


-- The sum of a number over a list of objects; 0 for an empty list. Values that are not a number count as 0.
{% macro json_sum(list, key) -%}
    (
        select {{ money('coalesce(sum(' ~ as_amount("(item ->> '" ~ key ~ "')") ~ '), 0)') }}
        from jsonb_array_elements({{ array_or_empty(list) }}) as items (item)
    )
{%- endmacro %}


-- A condition: a list of objects holds a value under the key that is not a number, or is not a list.
{% macro has_unreadable_amount(list, key) -%}
    (
        jsonb_typeof({{ list }}) not in ('array', 'null') or exists (
            select 1
            from jsonb_array_elements({{ array_or_empty(list) }}) as items (item)
            where {{ as_amount("(item ->> '" ~ key ~ "')") }} is null
        )
    )
{%- endmacro %}


-- A condition: a text of payment methods, as shops name them, has one that is paid in cash on delivery.
{% macro names_cash_on_delivery(text) -%}
    coalesce({{ text }} ~* '(^|[^a-z])(cod|cash[ _-]*on[ _-]*delivery|pay[ _-]*on[ _-]*delivery)([^a-z]|$)'
        or {{ text }} ~ 'الدفع (نقدا |نقدًا )?عند (الاستلام|الإستلام|التوصيل)', false)
{%- endmacro %}


-- A JSON list; empty for null, JSON null and other types, on which set-returning functions would fail.
{% macro array_or_empty(value) -%}
    case jsonb_typeof({{ value }}) when 'array' then {{ value }} else '[]' end
{%- endmacro %}


-- A condition: the nightly comparison of ids found that the record no longer exists at its platform.
{% macro is_deleted(payload) -%}
    jsonb_exists({{ payload }}, 'adsync_deleted_at')
{%- endmacro %}
