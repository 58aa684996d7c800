-- PostgreSQL parses a function's body when it is called. Without the database's name the body also works in a copy of
-- the database.
{% macro postgres__scalar_function_body_sql() -%}
    $$
    {{ model.compiled_code | replace(adapter.quote(this.database) ~ '.', '') }}
    $$ language sql
{%- endmacro %}
