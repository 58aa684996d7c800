-- One row per distinct link with all its match keys: few links carry many touches.
{% macro distinct_links(touches) -%}
    select distinct workspace_link, workspace_id, told_platform, override_key, utm_id_key, campaign_id_key, campaign_key,
        campaign_key_spaced, {{ fuzzy_key('campaign_key_spaced') }} as loose_key, ids,
        -- A campaign may have the name of a marker, such as "Store".
        case when {{ is_direct('override_key') }} or {{ is_bracketed('override_key') }} then override_key end as marker_key
    from {{ touches }}
{%- endmacro %}


-- A subquery: the words that name a platform in utm_source or in a referrer's host, normalized as these are.
{% macro source_tokens() -%}
    (
        select {{ as_words(normalized('token')) }} as token, platform
        from {{ ref('utm_sources') }} where kind = 'source' offset 0
    )
{%- endmacro %}


-- The match keys of a link in order of precedence, as rows: the first key that names a campaign decides.
{% macro match_steps(links) -%}
    {%- set scopes = {'hint': links ~ '.told_platform', 'any': "'any'"} -%}
    {%- for rule, kind, key, names in match_keys() %}{% set step = loop %}{% for name in names %}
    {{ 'union all' if not (step.first and loop.first) }}
    {{ match_step(links, step.index * 2 + loop.index, rule, kind, key, scopes[name]) }}
    {%- endfor %}{% endfor %}
{%- endmacro %}


-- The match keys as (match_rule, kind, key, scopes). Scope `hint`: campaigns of the platform that the link hints at.
{% macro match_keys() -%}
    {{ return([
        ('override', 'override', 'override_key', ['hint', 'any']),
        ('utm_id', 'id', 'utm_id_key', ['hint', 'any']),
        ('utm_campaign_id', 'id', 'campaign_key', ['hint', 'any']),
        ('campaign_id_param', 'id', 'campaign_id_key', ['hint', 'any']),
        ('child_id', 'child', 'whole_ids', ['hint', 'any']),
        ('embedded_id', 'id', 'ids', ['hint', 'any']),
        ('embedded_child_id', 'child', 'ids', ['hint', 'any']),
        ('name_in_platform', 'name', 'campaign_key', ['hint']),
        ('name_in_platform', 'name', 'campaign_key_spaced', ['hint']), ('name_in_platform', 'name', 'marker_key', ['hint']),
        ('name_unique', 'name', 'campaign_key', ['any']), ('name_unique', 'name', 'campaign_key_spaced', ['any']),
        ('name_loosely', 'loose', 'loose_key', ['hint']),
    ]) }}
{%- endmacro %}


-- One step: the rows (position, match_rule, kind, key, scope) that it looks up.
{% macro match_step(links, position, rule, kind, key, scope) -%}
    {%- set is_list = key in ('ids', 'whole_ids') -%}
    select {{ position }} * 1000 + {{ 'n' if is_list else 0 }} as position, '{{ rule }}' as match_rule,
        '{{ kind }}' as kind, {{ "ltrim(id, '=')" if is_list else links ~ '.' ~ key }} as key, {{ scope }} as scope
    {%- if is_list %} from string_to_table({{ links }}.ids, '|') with ordinality as ids (id, n){% endif %}
    {%- if key == 'whole_ids' %} where starts_with(id, '='){% endif %}
{%- endmacro %}


-- The campaigns that a link names at each moment, with their spend on that day of their account.
{% macro ambiguous_campaigns_at(moments) -%}
    select named.*, spent.spend > 0 and named.match_rule <> 'name_loosely' as is_spending,
        named.date >= {{ first_known_day('named') }} as is_known,
        count(*) over (partition by named.workspace_link, named.event_time) > 1 as is_one_of_several,
        {{ spend_changed_at('named') }} as spend_changed_at
    from ({{ valid_at(moments) }}) as named
    left join {{ ref('int_ad_metrics') }} as spent on {{ is_same_campaign_day('spent', 'named') }}
    where named.place = 1
{%- endmacro %}


-- The candidates that are valid at each moment, ranked by position. A name is not valid before the campaign got it.
{% macro valid_at(moments) -%}
    select meant.*, moments.event_time, {{ local_date('moments.event_time', 'accounts.timezone') }} as date,
        accounts.covered_from,
        rank() over (partition by meant.workspace_link, moments.event_time order by meant.position) as place
    from {{ moments }} as moments
    inner join candidates as meant on moments.workspace_link = meant.workspace_link
    inner join {{ ref('int_accounts') }} as accounts
        on meant.platform = accounts.platform and meant.account_id = accounts.account_id
    where coalesce(meant.valid_from <= moments.event_time, true)
{%- endmacro %}


-- The first day whose spend is known for an account: that of its synced range, which may begin with days without
-- spend. Before it, spend is unknown, not 0.
{% macro first_known_day(accounts) -%}
    least({{ accounts }}.covered_from, (
        select min(days.date) from {{ ref('int_ad_metrics') }} as days
        where days.platform = {{ accounts }}.platform and days.account_id = {{ accounts }}.account_id
    ))
{%- endmacro %}


-- The value of the only contender, or of the only one that spent on that day, provided the spend of all is known.
{% macro value_if_unique(column) -%}
    case when count(*) = 1 then min({{ column }})
        when count(*) filter (where contenders.is_spending) = 1 and bool_and(contenders.is_known)
            then min({{ column }}) filter (where contenders.is_spending) end
{%- endmacro %}


-- Campaign days as a JSON list.
{% macro as_json_list(days) -%}
    {%- set columns = ['platform', 'account_id', 'campaign_id', 'date'] -%}
    jsonb_agg(
        jsonb_build_object(
            {% for name in columns %}'{{ name }}', {{ days }}.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
        )
        order by {{ days }}.platform, {{ days }}.account_id, {{ days }}.campaign_id
    )
{%- endmacro %}
