-- A hook: collects planner statistics for a table that this run created or made a fifth larger, so that models which
-- read it are planned for the rows it has. Marts that are plain tables have few readers, and their key counts their
-- rows.
{% macro analyze_if_grown() -%}
    {%- if model.config.materialized == 'incremental' and is_incremental() -%}
        do $$ begin
            if (
                select pg_relation_size(oid) > 1.2 * relpages * current_setting('block_size')::bigint + 1000000
                from pg_class where oid = '{{ this }}'::regclass
            ) then analyze {{ this }}; end if;
        end $$
    {%- elif model.config.materialized == 'incremental' or (model.config.materialized == 'table' and 'intermediate' in model.path) -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}


-- Collects planner statistics for every table that has changed much since the last time, such as raw tables after a
-- sync.
{% macro analyze_changed_tables() -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set changed -%}
            select quote_ident(schemaname) || '.' || quote_ident(relname) from pg_stat_user_tables
            where n_mod_since_analyze > 1000 + n_live_tup / 20
        {%- endset -%}
        {%- set names = run_query(changed).columns[0].values() -%}
        {%- if names %}analyze {{ names | join(', ') }}{% endif -%}
    {%- endif -%}
{%- endmacro %}
