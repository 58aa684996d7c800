-- Accounts, or other places that `key` names, whose rows here were computed with other settings than today's, or belong
-- here no longer. Which settings a model was last built with is kept beside it.
{% macro outdated(settings, key=['platform', 'account_id']) -%}
    {%- do graph.get('settings', {}).update({model.unique_id: {'table': settings, 'key': key | join(', ')}}) -%}
    select {% for column in key %}place[{{ loop.index }}] as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from (select array[{{ key | join(', ') }}] as place, settings_key from {{ settings }}) as present
    {%- if is_incremental() %}
    full join (
        select place, settings_key from checks.settings where relation = '{{ plain_name(this) }}'
    ) as applied using (place)
    where present.settings_key is distinct from applied.settings_key
    {%- else %} where false {%- endif %}
{%- endmacro %}


{% macro keep_settings() -%}
    {%- set used = graph.get('settings', {}).get(model.unique_id) -%}
    {%- if used %}
    delete from checks.settings where relation = '{{ plain_name(this) }}';
    insert into checks.settings (relation, place, settings_key)
    select '{{ plain_name(this) }}', array[{{ used.key }}], settings_key from {{ used.table }};
    {%- endif -%}
{%- endmacro %}
