-- Text at a path of keys.
{% macro json_text(document, path) -%}
    {{ document }} #>> '{{ "{" ~ path | join(",") ~ "}" }}'
{%- endmacro %}


-- An object from a list of {key, value} objects, for keys that match a pattern; null when there is none.
{% macro json_pairs(list, key, value, pattern) -%}
    (
        select jsonb_object_agg(pair ->> '{{ key }}', pair ->> '{{ value }}')
        from jsonb_array_elements({{ list }}) as pairs (pair)
        where pair ->> '{{ key }}' ~ '{{ pattern }}'
    )
{%- endmacro %}


-- Rows from a list of {id, key, value} objects; values that are neither text nor number become null.
{% macro json_entries(list) -%}
    (
        select
            cast(entry ->> 'id' as bigint) as id,
            entry ->> 'key' as key,
            case when jsonb_typeof(entry -> 'value') in ('string', 'number') then entry ->> 'value' end as value
        from jsonb_array_elements({{ array_or_empty(list) }}) as entries (entry)
    )
{%- endmacro %}


-- The sum of a number over a list of objects; 0 for an empty list.
{% macro json_sum(list, key) -%}
    (
        select coalesce(sum(cast(item ->> '{{ key }}' as numeric)), 0)
        from jsonb_array_elements({{ array_or_empty(list) }}) as items (item)
    )
{%- endmacro %}


-- A JSON list; empty for null, JSON null and other types, on which set-returning functions would fail.
{% macro array_or_empty(value) -%}
    case jsonb_typeof({{ value }}) when 'array' then {{ value }} else '[]' end
{%- endmacro %}
