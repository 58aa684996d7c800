-- Adds a contract's keys after the rows: sorting all rows once takes a fraction of inserting each into the index.
{% macro postgres__get_table_columns_and_constraints() -%}
    ({{ adapter.render_raw_columns_constraints(raw_columns=model.columns) | join(', ') }})
{%- endmacro %}


{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- if config.get('contract').enforced and not temporary %}
    {%- for key in adapter.render_raw_model_constraints(raw_constraints=model.constraints) %}
    alter table {{ relation }} add {{ key }};
    {%- endfor %}
    {%- endif %}
{%- endmacro %}


-- A hook: an index of the rows with unreadable values, which are few, for the model that lists them.
{% macro index_unreadable() -%}
    {%- if not is_incremental() -%}
        create index on {{ this }} (updated_at) where unreadable is not null
    {%- endif -%}
{%- endmacro %}
