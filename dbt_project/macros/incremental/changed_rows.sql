-- Rows of `alias` that this model has not taken in yet, in exactly this version; `key` maps its columns to theirs. With
-- `known='>='` a row here may be newer than what it was made from, because something else made it so.
{% macro is_new_or_updated(alias, key, version='updated_at', known='=') -%}
    {%- if is_incremental() -%}
        {{ alias }}.{{ version }} > {{ last_processed_at() }}
        and not exists (
            select 1
            from {{ this }} as seen
            where
                {{ already_processed(alias ~ '.' ~ version, known) }}
                {%- for column in key %}
                and seen.{{ column }} = {{ alias }}.{{ key[column] if key is mapping else column }}
                {%- endfor %}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


-- Of a row `seen` here: it was made from this version. Told as a difference, which no index knows: that of versions would
-- find all rows of one load for each of them, where the key finds one.
{% macro already_processed(version, known) -%}
    seen.updated_at - {{ version }} {{ known }} interval '0'
{%- endmacro %}


-- A version of an account's day that came after what this model made of it; an account has one writer at a time.
{% macro is_new_or_updated_day(alias) -%}
    {%- if is_incremental() -%}
        {{ alias }}.updated_at > {{ last_processed_at() }}
        and not exists (
            select 1
            from {{ this }} as seen
            where
                (seen.platform, seen.account_id, seen.date) = ({{ alias }}.platform, {{ alias }}.account_id, {{ alias }}.date)
                and {{ already_processed(alias ~ '.updated_at', '>=') }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


-- As a constant, asked once: the planner knows how many rows are newer than a constant.
{% macro last_processed_at() -%}
    {%- set newest = "select coalesce(max(newest.updated_at), '-infinity') - interval '" ~ var('adsync_overlap') ~ "' from " ~ this ~ " as newest" -%}
    {%- set known = graph.get('watermarks') -%}
    {%- if known is none -%}({{ newest }})
    {%- else -%}
        {%- if model.unique_id not in known -%}
            {%- do known.update({model.unique_id: run_query('select cast((' ~ newest ~ ') as text)').columns[0][0]}) -%}
        {%- endif -%}
        cast('{{ known[model.unique_id] }}' as timestamptz)
    {%- endif -%}
{%- endmacro %}
