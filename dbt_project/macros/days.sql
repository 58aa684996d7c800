-- Tables whose configuration names columns of `days` note which days of which workspaces a statement writes or deletes,
-- whoever runs it. Models of the strategy `replace_days` sum up the days told since they were last built, and no others.

-- What every reader has summed up is not read again.
{% macro forget_days() -%}
    delete from checks.days_summed where to_regclass(relation) is null or to_regclass(told_by) is null;
    delete from checks.days where id <= (
        select min(through) from checks.days_summed where days_summed.told_by = days.told_by
    )
{%- endmacro %}


-- Who reads a table made anew reads all of it, so that its first rows need not be told.
{% macro tell_days() -%}
    {%- if model.config.meta.days %}
    {%- for event, rows in [('insert', 'new'), ('delete', 'old'), ('update', 'old'), ('update', 'new')] %}
    create trigger tell_days_{{ event }}_{{ rows }} after {{ event }} on {{ this }}
    referencing {{ rows }} table as changed for each statement
    execute function checks.tell_days('{{ model.config.meta.days | join("', '") }}');
    {%- endfor %}
    {%- endif -%}
{%- endmacro %}


-- What the inputs of the model at hand have told, asked once and before it reads them.
{% macro told_days() -%}
    {%- set known = graph.get('days', {}) -%}
    {%- if 'days' in graph and model.unique_id not in known -%}
        {%- set inputs = namespace(tables=[], texts=[], clock=false) -%}
        {%- do collect_inputs(model.depends_on.nodes, inputs) -%}
        {%- do known.update({model.unique_id: run_query(newly_told(telling(inputs.tables))).rows}) -%}
    {%- endif -%}
    {{ return(known.get(model.unique_id, [])) }}
{%- endmacro %}


{% macro telling(tables) -%}
    {%- set told_by = [] -%}
    {%- for node in graph.nodes.values() if node.config.meta.get('days') and node.schema ~ '.' ~ node.alias in tables -%}
        {%- do told_by.append(node.schema ~ '.' ~ node.alias) -%}
    {%- endfor -%}
    {{ return(told_by) }}
{%- endmacro %}


-- `is_anew`: another file than last time, or one without triggers.
{% macro newly_told(tables) -%}
    select
        inputs.told_by, inputs.file, coalesce(summed.through, 0) as since,
        (select coalesce(max(id), 0) from checks.days) as through,
        summed.file is distinct from inputs.file or not inputs.tells as is_anew
    from (
        select {{ full_name() }} as told_by, pg_relation_filenode(oid) as file, exists (
            select 1 from pg_trigger where tgrelid = pg_class.oid and tgfoid = cast('checks.tell_days' as regproc)
        ) as tells
        from pg_class where relkind = 'r' and {{ full_name() }} in ('{{ tables | join("', '") }}')
    ) as inputs
    left join checks.days_summed as summed
        on summed.relation = '{{ plain_name(this) }}' and summed.told_by = inputs.told_by
{%- endmacro %}


{% macro sums_days_anew() -%}
    {{ return(model.config.incremental_strategy == 'replace_days' and told_days() | selectattr('is_anew') | list | length > 0) }}
{%- endmacro %}


-- What is summed up by week takes whole weeks, each day of which a row may bear. Empty where no run has asked what was
-- told: `dbt show` builds nothing.
{% macro days_to_sum() -%}
    {%- set in_week = model.config.meta.sums_by == 'week' -%}
    {%- for told in told_days() -%}
    {%- if loop.first -%}
    select days.workspace_id, {{ "cast(date_trunc('week', days.date) as date) + n" if in_week else 'days.date' }}
    from checks.days{{ ' cross join generate_series(0, 6) as week (n)' if in_week }} where
    {%- else %}
        or
    {%- endif %} (days.told_by = '{{ told.told_by }}' and days.id > {{ told.since }})
    {%- endfor -%}
{%- endmacro %}


-- Of a row's workspace and day: they are to be summed up in this run.
{% macro is_to_sum(workspace, date) -%}
    {%- set days = days_to_sum() if is_incremental() else '' -%}
    {{ '(' ~ workspace ~ ', ' ~ date ~ ') in (' ~ days ~ ')' if days else 'true' }}
{%- endmacro %}


{% macro get_incremental_replace_days_sql(arg_dict) -%}
    {%- set columns = get_quoted_csv(arg_dict.dest_columns | map(attribute='name')) -%}
    delete from {{ arg_dict.target_relation }} where ({{ arg_dict.unique_key | join(', ') }}) in ({{ days_to_sum() }});
    insert into {{ arg_dict.target_relation }} ({{ columns }}) select {{ columns }} from {{ arg_dict.temp_relation }}
{%- endmacro %}


{% macro keep_days_summed() -%}
    {%- for told in told_days() if model.config.incremental_strategy == 'replace_days' %}
    insert into checks.days_summed (relation, told_by, file, through)
    values ('{{ plain_name(this) }}', '{{ told.told_by }}', {{ told.file }}, {{ told.through }})
    on conflict (relation, told_by) do update set file = excluded.file, through = excluded.through;
    {%- endfor %}
{%- endmacro %}
