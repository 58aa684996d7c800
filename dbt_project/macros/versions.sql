-- What comes out as it is already there is left alone. A relation's comment says what it was built from: its code, and
-- the version of all that it reads. The comments are read once per run and kept in `graph`, which all nodes share.

{% macro read_versions() -%}
    {%- do graph.update({'built': {}, 'passed': {}}) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'test') -%}
        {%- do run_query('create schema if not exists checks') -%}
        {%- do run_query(
            'create table if not exists checks.passed (test text primary key, version text not null,'
            ~ ' at timestamptz not null default now())'
        ) -%}
        {%- do graph.built.update(pairs_of("
            select relnamespace::regnamespace || '.' || relname, description from pg_description
            inner join pg_class on objoid = pg_class.oid and objsubid = 0 and description like 'built from %'")) -%}
        {%- do graph.passed.update(pairs_of('select test, version from checks.passed')) -%}
    {%- endif -%}
{%- endmacro %}


{% macro pairs_of(query) -%}
    {%- set pairs = {} -%}
    {%- for row in run_query(query).rows %}{% do pairs.update({row[0]: row[1]}) %}{% endfor -%}
    {{ return(pairs) }}
{%- endmacro %}


-- The model's own text with its macros, variables and columns: what an existing table was shaped by.
{% macro code_version() -%}
    {%- set code = namespace(texts=[model.raw_code or model.checksum.checksum, model.columns, model.config.unique_key]) -%}
    {%- do collect_macros(model.depends_on.macros, code) -%}
    {%- for name in modules.re.findall("var\(.(\w+)", code.texts | join) | unique -%}
        {%- if name not in ('as_of', 'adsync_overlap') %}{% do code.texts.append(var(name)) %}{% endif -%}
    {%- endfor -%}
    {{ return(local_md5(code.texts | join)) }}
{%- endmacro %}


{% macro collect_macros(ids, code) -%}
    {%- for id in ids if id.startswith('macro.adsync.') -%}
        {%- set macro = context[id.split('.')[2]].macro -%}
        {%- if macro.macro_sql not in code.texts -%}
            {%- do code.texts.append(macro.macro_sql) -%}
            {%- do collect_macros(macro.depends_on.macros, code) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


-- The tables that a node reads; a view stands for what it reads itself. What reads the clock is never the same.
{% macro collect_inputs(nodes, inputs) -%}
    {%- for id in nodes -%}
        {%- set node = graph.nodes.get(id) or graph.sources[id] -%}
        {%- if node.config.materialized == 'view' -%}
            {%- set inputs.clock = inputs.clock or 'as_of()' in node.raw_code -%}
            {%- do inputs.texts.append(node.checksum) -%}
            {%- do collect_inputs(node.depends_on.nodes, inputs) -%}
        {%- else -%}
            {%- do inputs.tables.append(node.schema ~ '.' ~ (node.identifier or node.alias)) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


-- The version of everything that the node at hand reads, and of `code`; empty when it reads the clock.
{% macro input_version(code) -%}
    {%- set inputs = namespace(tables=[], texts=[code], clock='current_timestamp' in code) -%}
    {%- do collect_inputs(model.depends_on.nodes, inputs) -%}
    {%- if inputs.clock %}{{ return('') }}{% endif -%}
    {%- if inputs.tables %}{% do inputs.texts.append(written_version(inputs.tables)) %}{% endif -%}
    {{ return(local_md5(inputs.texts | join)) }}
{%- endmacro %}


-- PostgreSQL counts the rows ever written to a table; one that was truncated or made anew is another file.
{% macro written_version(tables) -%}
    {%- set answer = run_query(
        "select md5(string_agg(concat_ws(' ', oid, pg_relation_filenode(oid), pg_stat_get_tuples_inserted(oid),"
        ~ " pg_stat_get_tuples_updated(oid), pg_stat_get_tuples_deleted(oid)), ';' order by oid)"
        ~ " || cast(pg_postmaster_start_time() as text)) from pg_class where oid in (to_regclass('"
        ~ tables | unique | sort | join("'), to_regclass('") ~ "'))"
    ) -%}
    {{ return(answer.columns[0].values()[0]) }}
{%- endmacro %}


{% macro built_version(inputs) -%}
    {{ return('built from ' ~ code_version() ~ ' ' ~ inputs) }}
{%- endmacro %}


-- What the relation at hand was built from, as far as it is still there.
{% macro held_version() -%}
    {%- set held = load_cached_relation(this) and graph.get('built', {}).get(this.schema ~ '.' ~ this.identifier) -%}
    {{ return(held or '') }}
{%- endmacro %}


-- Changed code makes a model anew, as --full-refresh does; a relation without a known version is taken as it is.
{% macro should_full_refresh() -%}
    {%- set held = held_version() if execute else '' -%}
    {{ return(dbt.should_full_refresh() or (held != '' and code_version() not in held)) }}
{%- endmacro %}


{% macro is_unchanged(version) -%}
    {{ return(not version.endswith(' ') and held_version() == version and not should_full_refresh()) }}
{%- endmacro %}


{% macro left_alone() -%}
    {%- call noop_statement('main', 'UNCHANGED', 'UNCHANGED', 0) %}{% endcall -%}
    {{ return({'relations': [this]}) }}
{%- endmacro %}


-- The counters that others go by are told at once: a backend else keeps them to itself for up to a second.
{% macro mark_built(version, kind='table') -%}
    {%- call statement('mark', auto_begin=true) -%}
        comment on {{ kind }} {{ this }} is '{{ version }}';
        select pg_stat_force_next_flush();
    {%- endcall -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
