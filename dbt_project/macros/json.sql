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


-- Set-returning functions refuse what is no list: null, or JSON's own null.
{% macro array_or_empty(value) -%}
    case jsonb_typeof({{ value }}) when 'array' then {{ value }} else '[]' end
{%- endmacro %}
