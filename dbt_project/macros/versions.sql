-- What would come out as it is already there is left alone. A relation's comment says what it was built from: its code, and
-- the version of all that it reads. What is there is read once per run into `graph`, which all nodes of a run share.

{% macro read_versions() -%}
    {%- do graph.update({'built': {}, 'passed': {}, 'written': {}, 'codes': {}}) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'test') -%}
        {%- do run_query(forget_days()) -%}
        {%- do refresh_statistics() -%}
        {%- do graph.update({'settings': {}, 'days': {}, 'watermarks': {}}) -%}
        {%- do graph.passed.update(pairs_of('select test, version from checks.passed')) -%}
        {%- do graph.built.update(pairs_of("select " ~ full_name() ~ ", obj_description(oid, 'pg_class') from pg_class"
            ~ " where obj_description(oid, 'pg_class') like 'built from %'")) -%}
        {%- do graph.written.update(pairs_of('select relation, version from adsync.table_versions')) -%}
        {%- do graph.update({'nothing': run_query('select 0 as failures, false as should_warn, false as should_error')}) -%}
    {%- endif -%}
{%- endmacro %}


{% macro pairs_of(query) -%}
    {%- set pairs = {} -%}
    {%- for row in run_query(query).rows %}{% do pairs.update({row[0]: row[1]}) %}{% endfor -%}
    {{ return(pairs) }}
{%- endmacro %}


{% macro full_name() -%}
    relnamespace::regnamespace || '.' || relname
{%- endmacro %}


{% macro plain_name(relation) -%}
    {{ return(relation.schema ~ '.' ~ relation.identifier) }}
{%- endmacro %}


-- The model's own text with its macros, variables and columns: what an existing table was shaped by. Told once in a run,
-- since dbt adds what it calls to `depends_on`: a model whose version changed on the way would be half of each.
{% macro code_version() -%}
    {%- set known = graph.get('codes', {}) -%}
    {%- if model.unique_id not in known %}{% do known.update({model.unique_id: local_md5(code_texts() | join)}) %}{% endif -%}
    {{ return(known[model.unique_id]) }}
{%- endmacro %}


{% macro code_texts() -%}
    {%- set code = namespace(texts=[model.raw_code or model.checksum.checksum, model.config.unique_key]) -%}
    {#- Not their descriptions: better words build nothing anew. -#}
    {%- for column in model.columns.values() %}{% do code.texts.append([column.data_type, column.constraints]) %}{% endfor -%}
    {%- do collect_macros(model.depends_on.macros, code) -%}
    {%- for name in modules.re.findall("var\(.(\w+)", code.texts | join) | unique -%}
        {%- if name not in ('as_of', 'adsync_overlap') %}{% do code.texts.append(var(name)) %}{% endif -%}
    {%- endfor -%}
    {{ return(code.texts) }}
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
            {%- do inputs.texts.append(graph.get('built', {}).get(node.schema ~ '.' ~ node.alias) or node.checksum) -%}
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
    {%- for table in inputs.tables | unique | sort -%}
        {%- do inputs.texts.append(graph.get('written', {}).get(table)) -%}
    {%- endfor -%}
    {{ return(local_md5(inputs.texts | join)) }}
{%- endmacro %}


{% macro built_version(inputs) -%}
    {{ return('built from ' ~ code_version() ~ ' ' ~ inputs) }}
{%- endmacro %}


-- What the relation at hand was built from, as far as it is still there.
{% macro held_version() -%}
    {%- set held = load_cached_relation(this) and graph.get('built', {}).get(plain_name(this)) -%}
    {{ return(held or '') }}
{%- endmacro %}


-- Changed code makes a model anew, as --full-refresh does, and so does code that nobody knows. Sums by day come anew when
-- a table that tells them its days has.
{% macro should_full_refresh() -%}
    {%- set is_there = execute and 'built' in graph and load_cached_relation(this) -%}
    {{ return(dbt.should_full_refresh() or (is_there and (code_version() not in held_version() or sums_days_anew()))) }}
{%- endmacro %}


{% macro is_unchanged(version) -%}
    {{ return(not version.endswith(' ') and held_version() == version and not should_full_refresh()) }}
{%- endmacro %}


{% macro left_alone() -%}
    {%- call noop_statement('main', 'UNCHANGED', 'UNCHANGED', 0) %}{% endcall -%}
    {{ return({'relations': [this]}) }}
{%- endmacro %}


-- Counters are told at once, and read again: a backend else keeps them to itself for up to a second.
{% macro mark_built(version, anew=false, kind='table') -%}
    {%- call statement('mark', auto_begin=true) -%}
        comment on {{ kind }} {{ this }} is '{{ version }}';
        {% if anew %}{{ start_anew() }}{% endif %}
        {{ keep_settings() }}
        {{ keep_days_summed() }}
        select pg_stat_force_next_flush();
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- do graph.built.update({plain_name(this): version}) -%}
    {%- if kind == 'table' -%}
        {%- do refresh_statistics("relid = '" ~ this ~ "'::regclass") -%}
        {%- set written = "select relation, version from adsync.table_versions where relation = '" ~ plain_name(this) ~ "'" -%}
        {%- do graph.written.update(pairs_of(written)) -%}
    {%- endif -%}
{%- endmacro %}


-- Counted however small it is: what nobody has counted is planned for as if it held thousands of rows.
{% macro start_anew() -%}
    {{ tell_days() }}
    analyze {{ this }};
{%- endmacro %}


-- What reads a table next is planned for the rows that it has now, not for those it had when it was last looked at.
{% macro refresh_statistics(tables='true') -%}
    {%- set changed -%}
        select quote_ident(schemaname) || '.' || quote_ident(relname) from pg_stat_user_tables
        where n_mod_since_analyze > 1000 + n_live_tup / 20 and {{ tables }}
    {%- endset -%}
    {%- set names = run_query(changed).columns[0].values() -%}
    {%- if names %}{% do run_query('analyze ' ~ names | join(', ')) %}{% endif -%}
{%- endmacro %}


{% macro comes_anew() -%}
    {{ return(not load_cached_relation(this) or should_full_refresh()) }}
{%- endmacro %}
