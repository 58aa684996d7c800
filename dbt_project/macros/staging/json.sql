-- A text at a path of object keys.
{% macro json_text(document, path) -%}
    {{ document }} #>> '{{ "{" ~ path | join(",") ~ "}" }}'
{%- endmacro %}


-- A list of {key, value} objects as one object, for the keys that match a pattern; null when there is none.
{% macro json_pairs(list, key, value, pattern) -%}
    (
        select jsonb_object_agg(pair ->> '{{ key }}', pair ->> '{{ value }}')
        from jsonb_array_elements({{ list }}) as pairs (pair)
        where pair ->> '{{ key }}' ~ '{{ pattern }}'
    )
{%- endmacro %}


-- The entries of a list of {id, key, value} objects as rows; a value that is neither text nor number says nothing.
{% macro json_entries(list) -%}
    (
        select
            cast(entry ->> 'id' as bigint) as id,
            entry ->> 'key' as key,
            case when jsonb_typeof(entry -> 'value') in ('string', 'number') then entry ->> 'value' end as value
        from jsonb_array_elements({{ array_or_empty(list) }}) as entries (entry)
    )
{%- endmacro %}


-- A number under one key, summed over a list of objects; 0 when there is none.
{% macro json_sum(list, key) -%}
    (
        select coalesce(sum(cast(item ->> '{{ key }}' as numeric)), 0)
        from jsonb_array_elements({{ array_or_empty(list) }}) as items (item)
    )
{%- endmacro %}


-- Set-returning functions refuse what is no list: null, or JSON's own null.
{% macro array_or_empty(value) -%}
    case jsonb_typeof({{ value }}) when 'array' then {{ value }} else '[]' end
{%- endmacro %}
