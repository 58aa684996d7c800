-- Collects planner statistics for a table that was created, or that has grown by a fifth, in this run: models that
-- follow are planned for the rows it has now. A hook of every model.
{% macro analyze_if_grown() -%}
    {%- if model.config.materialized == 'table' or (model.config.materialized == 'incremental' and not is_incremental()) -%}
        analyze {{ this }}
    {%- elif model.config.materialized == 'incremental' -%}
        do $$ begin
            if (
                select pg_relation_size(oid) > 1.2 * relpages * current_setting('block_size')::bigint + 1000000
                from pg_class where oid = '{{ this }}'::regclass
            ) then analyze {{ this }}; end if;
        end $$
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
