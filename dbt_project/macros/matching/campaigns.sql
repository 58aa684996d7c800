-- Each link once, with all that it says of a campaign: few links bring many touches.
{% macro distinct_links(touches) -%}
    select distinct workspace_link, workspace_id, told_platform, override_key, utm_id_key, campaign_id_key, campaign_key,
        campaign_key_spaced, {{ fuzzy_key('campaign_key_spaced') }} as loose_key, ids
    from {{ touches }}
{%- endmacro %}


-- What a link may be looked up by, in the order in which the first key that is known decides.
{% macro match_steps(links) -%}
    {%- set told, any = links ~ '.told_platform', "'any'" -%}
    {%- set steps = [
        ('override', 'override', 'override_key', [told, any]), ('utm_id', 'id', 'utm_id_key', [told, any]),
        ('utm_campaign_id', 'id', 'campaign_key', [told, any]), ('campaign_id_param', 'id', 'campaign_id_key', [told, any]),
        ('child_id', 'child', 'whole_ids', [told, any]), ('embedded_id', 'id', 'ids', [told, any]),
        ('embedded_child_id', 'child', 'ids', [told, any]),
        ('name_in_platform', 'name', 'campaign_key', [told]), ('name_in_platform', 'name', 'campaign_key_spaced', [told]),
        ('name_unique', 'name', 'campaign_key', [any]), ('name_unique', 'name', 'campaign_key_spaced', [any]),
        ('name_loosely', 'loose', 'loose_key', [told]),
    ] -%}
    {%- for rule, kind, key, scopes in steps %}{% set step = loop %}{% for scope in scopes %}
    {{ 'union all ' if not (step.first and loop.first) }}{{ match_step(links, step.index * 2 + loop.index, rule, kind, key, scope) }}
    {%- endfor %}{% endfor %}
{%- endmacro %}


{% macro match_step(links, position, rule, kind, key, scope) -%}
    {%- set listed = key in ('ids', 'whole_ids') -%}
    select {{ position }} * 1000 + {{ 'n' if listed else 0 }} as position, '{{ rule }}' as match_rule,
        '{{ kind }}' as kind, {{ "ltrim(id, '=')" if listed else links ~ '.' ~ key }} as key, {{ scope }} as scope
    {%- if listed %} from string_to_table({{ links }}.ids, '|') with ordinality as ids (id, n){% endif %}
    {%- if key == 'whole_ids' %} where starts_with(id, '='){% endif %}
{%- endmacro %}


-- The campaigns that the first known key of a link means at each moment, and what each spent on that day of its account.
{% macro ambiguous_campaigns_at(moments) -%}
    select named.*, spent.spend > 0 and named.match_rule <> 'name_loosely' as is_spending,
        named.date >= ({{ first_day_with_metrics('named') }}) as is_known,
        count(*) over (partition by named.workspace_link, named.event_time) > 1 as is_one_of_several,
        {{ spend_changed_at('named') }} as spend_changed_at
    from ({{ valid_at(moments) }}) as named
    left join {{ ref('int_ad_metrics') }} as spent on {{ is_same_campaign_day('spent', 'named') }}
    where named.place = 1
{%- endmacro %}


-- What a link may mean at each moment, the first known key in the first place.
{% macro valid_at(moments) -%}
    select meant.*, moments.event_time, {{ local_date('moments.event_time', 'accounts.timezone') }} as date,
        rank() over (partition by meant.workspace_link, moments.event_time order by meant.position) as place
    from {{ moments }} as moments
    inner join candidates as meant on moments.workspace_link = meant.workspace_link
    inner join {{ ref('int_accounts') }} as accounts
        on meant.platform = accounts.platform and meant.account_id = accounts.account_id
    where coalesce(meant.valid_from <= moments.event_time, true)
{%- endmacro %}


-- From which day on an account's spend is known: who is not known to have spent may have.
{% macro first_day_with_metrics(accounts) -%}
    select min(days.date) from {{ ref('int_ad_metrics') }} as days
    where days.platform = {{ accounts }}.platform and days.account_id = {{ accounts }}.account_id
{%- endmacro %}


-- The only one there is, else the only one that spent on the day, where that is known of all.
{% macro value_if_unique(column) -%}
    case when count(*) = 1 then min({{ column }})
        when count(*) filter (where contenders.is_spending) = 1 and bool_and(contenders.is_known)
            then min({{ column }}) filter (where contenders.is_spending) end
{%- endmacro %}


-- Campaigns' days as a list of objects.
{% macro as_json_list(days) -%}
    {%- set columns = ['platform', 'account_id', 'campaign_id', 'date'] -%}
    jsonb_agg(
        jsonb_build_object({% for name in columns %}'{{ name }}', {{ days }}.{{ name }}{{ ', ' if not loop.last }}{% endfor %})
        order by {{ days }}.platform, {{ days }}.account_id, {{ days }}.campaign_id
    )
{%- endmacro %}
