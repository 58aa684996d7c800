-- Which settings each incremental model was last built with, by account or other place. The table lies in the target's
-- own intermediate schema; `create_settings_table` runs at the start of a run, `save_settings` after a model.
{% macro settings_table() -%}
    {{ adapter.quote(generate_schema_name('intermediate', none) | trim) }}.int_settings__applied
{%- endmacro %}


{% macro create_settings_table() -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        create schema if not exists {{ adapter.quote(generate_schema_name('intermediate', none) | trim) }};
        create table if not exists {{ settings_table() }} (
            relation text, place text[], settings_key text, primary key (relation, place)
        )
    {%- endif -%}
{%- endmacro %}


-- Accounts, or other places that `key` names, whose settings differ from those that this model was last built with.
{% macro accounts_with_changed_settings(settings, key=['platform', 'account_id']) -%}
    select {% for column in key %}place[{{ loop.index }}] as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from (select array[{{ key | join(', ') }}] as place, settings_key from {{ settings }}) as present
    {%- if is_incremental() %}
    full join (
        select place, settings_key from {{ settings_table() }} where relation = '{{ this.schema }}.{{ this.identifier }}'
    ) as applied using (place)
    where present.settings_key is distinct from applied.settings_key
    {%- else %} where false {%- endif %}
{%- endmacro %}


-- A hook: the settings that this model has just been built with.
{% macro save_settings(settings, key=['platform', 'account_id']) -%}
    delete from {{ settings_table() }} where relation = '{{ this.schema }}.{{ this.identifier }}';
    insert into {{ settings_table() }} (relation, place, settings_key)
    select '{{ this.schema }}.{{ this.identifier }}', array[{{ key | join(', ') }}], settings_key from {{ settings }}
{%- endmacro %}
