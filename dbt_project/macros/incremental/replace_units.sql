-- Replace whole units (an account's day, an order). A unit with nothing left arrives as one row without `updated_at`.
{% macro get_incremental_replace_units_sql(arg_dict) -%}
    {%- set unit = arg_dict.unique_key | join(', ') -%}
    {%- set columns = get_quoted_csv(arg_dict.dest_columns | map(attribute='name')) -%}
    delete from {{ arg_dict.target_relation }}
    where ({{ unit }}) in (select {{ unit }} from {{ arg_dict.temp_relation }});

    insert into {{ arg_dict.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arg_dict.temp_relation }}
    where updated_at is not null
{%- endmacro %}


-- Rows without `updated_at` tell an incremental run which units to empty; a table built anew must not hold them.
{% macro kept_here() -%}
    {{ 'true' if is_incremental() else 'updated_at is not null' }}
{%- endmacro %}
