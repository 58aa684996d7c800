-- A lateral subquery: fields of a JSON document by type, and in `unreadable` the texts that their type does not accept,
-- by path. `fields` maps columns to [type, path] with a macro `as_<type>` for each type; several paths are read as one
-- text. `pairs` maps columns to lists of {action_type, value}. Required fields are unreadable when absent too. `absent`
-- is a text that stands for null.
{% macro fields_of(document, fields, pairs={}, required=[], absent=none) -%}
    lateral (
        select
            typed.*,
            case when {{ has_unreadable(fields, pairs) }} then {{ unreadable_texts(fields, pairs) }} end as unreadable
        from (
            select {{ texts_of(document, fields, required, absent) }}
                {%- for name in pairs %}, {{ document }} -> '{{ pairs[name] }}' as {{ name }}{% endfor %} {{ one_row() }}
        ) as texts
        cross join lateral (
            select {{ types_of('texts', fields) }}
                {%- for name in pairs %}, {{ json_pairs('texts.' ~ name) }} as {{ name }}{% endfor %} {{ one_row() }}
        ) as typed
    )
{%- endmacro %}


-- One row, with an optimization fence: each text is extracted once and each value computed once. sqlfluff knows `offset`
-- only after a `from`.
{% macro one_row() -%}
    from (values (0)) as once (n) offset 0
{%- endmacro %}


-- The text of each field; "null" for an absent required field.
{% macro texts_of(document, fields, required, absent) -%}
    {%- for name, field in fields.items() -%}
    {%- set text = text_at(document, field[1:]) -%}
    {%- set known = "nullif(" ~ text ~ ", '" ~ absent ~ "')" if absent else text -%}
    {{ "coalesce(" ~ known ~ ", 'null')" if name in required else known }} as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


-- Text at one path, or at several, separated by spaces.
{% macro text_at(document, paths) -%}
    {%- if paths | length == 1 -%}
        {{ json_text(document, paths[0].split('.')) }}
    {%- else -%}
        nullif(concat_ws(' '{% for path in paths %}, {{ json_text(document, path.split('.')) }}{% endfor %}), '')
    {%- endif -%}
{%- endmacro %}


-- The value of each field, null where its type does not accept the text.
{% macro types_of(row, fields) -%}
    {%- for name, field in fields.items() -%}
    {{ context['as_' ~ field[0]](row ~ '.' ~ name) }} as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


-- A condition: a text has no value, or a list of pairs is no list or has a value that is no number.
{% macro has_unreadable(fields, pairs) -%}
    {%- set names = fields | list -%}
    num_nonnulls(texts.{{ names | join(', texts.') }}) > num_nonnulls(typed.{{ names | join(', typed.') }})
    {%- for name in pairs %} or {{ is_unreadable_list(name) }}{% endfor %}
{%- endmacro %}


{% macro is_unreadable_list(name) -%}
    coalesce(jsonb_typeof(texts.{{ name }}) <> 'array' or jsonb_path_exists(typed.{{ name }}, '$.* ? (@ == null)'), false)
{%- endmacro %}


-- An object: path and text (at most 100 characters) of each field that has an unreadable text.
{% macro unreadable_texts(fields, pairs) -%}
    jsonb_strip_nulls(jsonb_build_object(
        {%- for name, field in fields.items() -%}
        {{ ', ' if not loop.first }}'{{ field[1] }}', case when typed.{{ name }} is null then left(texts.{{ name }}, 100) end
        {%- endfor -%}
        {%- for name in pairs -%}
        , '{{ pairs[name] }}', case when {{ is_unreadable_list(name) }} then left(cast(texts.{{ name }} as text), 100) end
        {%- endfor -%}
    ))
{%- endmacro %}
