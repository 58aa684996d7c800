-- A condition: this model does not hold the row of `alias` in exactly this version. `key` maps columns of this model to
-- columns of `alias`. With `known='>='` a later version here counts too: other inputs may have raised it.
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


-- A condition: the row `seen` of this model was built from this version or a later one (`known`). Written as a
-- difference because no index covers it: an index on the version would return all rows of one load, where the key finds
-- one.
{% macro already_processed(version, known) -%}
    seen.updated_at - {{ version }} {{ known }} interval '0'
{%- endmacro %}


-- A condition: the row of `alias` is newer than what this model holds for its account and day. Rows of one account are
-- written by one sync at a time.
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


-- The newest version in this model, less the overlap. A constant: the planner can estimate how many rows are newer than
-- a constant.
{% macro last_processed_at() -%}
    {%- set newest -%}
        select cast(coalesce(max(updated_at), '-infinity') - interval '{{ var("adsync_overlap") }}' as text) from {{ this }}
    {%- endset -%}
    cast('{{ run_query(newest).columns[0][0] if execute else "-infinity" }}' as timestamptz)
{%- endmacro %}
