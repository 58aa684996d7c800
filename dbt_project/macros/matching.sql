-- Records whose touches are to be matched (again), as the place and key of the record.
{% macro changed_touch_records() -%}
    select records.recorded_by, records.record_key
    from ({{ touch_records() }}) as records
    where {{ unseen('records', ['record_key'], known='>=') }}
    union
    {{ records_matched_otherwise() }}
    {%- if is_incremental() %}
    union
    {{ clicks_named_by_newer_orders() }}
    union
    {{ contests_with_newer_spend() }}
    {%- endif %}
{%- endmacro %}


-- Orders, whether or not they have touches, and clicks.
{% macro touch_records() -%}
    select
        store_platform || ':' || store_id as recorded_by,
        {{ record_key('store_platform', 'store_id', 'order_id') }} as record_key,
        updated_at
    from {{ ref('int_orders') }}
    union all
    select 'clicks:' || workspace_id as recorded_by, record_key, updated_at
    from {{ ref('int_touches') }} where kind = 'click'
{%- endmacro %}


-- Records of places whose campaigns, zones or rules are no longer those that their rows here were matched with.
{% macro records_matched_otherwise() -%}
    select records.recorded_by, records.record_key
    from ({{ touch_records() }}) as records
    inner join ({{ outdated(ref('int_matching_settings'), ['recorded_by']) }}) as outdated
        on records.recorded_by = outdated.recorded_by
{%- endmacro %}


-- The one order of a workspace that a log means by this key: its id, or its number with or without the sign.
{% macro order_named_by(workspace, key) -%}
    select
        min(orders.platform) filter (where orders.is_only) as store_platform,
        min(orders.store_id) filter (where orders.is_only) as store_id,
        min(orders.order_id) filter (where orders.is_only) as order_id,
        max(orders.updated_at) as updated_at
    from (
        select named.*, count(*) over () = 1 as is_only
        from {{ ref('orders') }} as named
        -- Most clicks name none, and are not worth a look into the index.
        where {{ key }} is not null and named.workspace_id = {{ workspace }} and {{ is_named('named', key) }}
    ) as orders
{%- endmacro %}


{% macro is_named(orders, key) -%}
    ({{ orders }}.order_id = {{ key }} or {{ orders }}.number in ({{ key }}, '#' || {{ key }}, ltrim({{ key }}, '#')))
{%- endmacro %}


-- Clicks that name an order which came, or got its number, after they were matched.
{% macro clicks_named_by_newer_orders() -%}
    select clicks.recorded_by, clicks.record_key
    from {{ ref('orders') }} as orders
    inner join {{ this }} as clicks
        on orders.workspace_id = clicks.workspace_id
        and clicks.order_key in (orders.order_id, orders.number, ltrim(orders.number, '#'), '#' || orders.number)
    where orders.updated_at > {{ watermark() }} and orders.updated_at > clicks.updated_at
{%- endmacro %}


-- Touches whose name several campaigns share, where the spend of one of them has changed since.
{% macro contests_with_newer_spend() -%}
    select held.recorded_by, held.record_key
    from {{ this }} as held
    cross join lateral jsonb_to_recordset(held.contenders) as rivals (
        platform text, account_id text, campaign_id text, date date
    )
    where held.is_contested and {{ spend_changed_at('rivals') }} > held.updated_at
{%- endmacro %}


-- When the spend of a campaign's day last changed: the row's own time, or that of its withdrawal.
{% macro spend_changed_at(day) -%}
    greatest(
        (select metrics.updated_at from {{ ref('int_ad_metrics') }} as metrics where {{ is_day_of('metrics', day) }}),
        (select max(gone.observed_at) from {{ ref('stg_adsync__withdrawals') }} as gone where {{ is_day_of('gone', day) }})
    )
{%- endmacro %}


{% macro is_day_of(rows, day) -%}
    {{ rows }}.platform = {{ day }}.platform and {{ rows }}.account_id = {{ day }}.account_id
    and {{ rows }}.campaign_id = {{ day }}.campaign_id and {{ rows }}.date = {{ day }}.date
{%- endmacro %}


-- Each link once, with all that it says of a campaign: few links bring many touches.
{% macro links_of(touches) -%}
    select distinct workspace_link, workspace_id, told_platform, override_key, utm_id_key, campaign_id_key, campaign_key,
        campaign_key_spaced, {{ loosened('campaign_key_spaced') }} as loose_key, ids
    from {{ touches }}
{%- endmacro %}


-- What a link may be looked up by, in the order in which the first key that is known decides.
{% macro lookups(links) -%}
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
    {{ 'union all ' if not (step.first and loop.first) }}{{ lookup(links, step.index * 2 + loop.index, rule, kind, key, scope) }}
    {%- endfor %}{% endfor %}
{%- endmacro %}


{% macro lookup(links, position, rule, kind, key, scope) -%}
    {%- set listed = key in ('ids', 'whole_ids') -%}
    select {{ position }} * 1000 + {{ 'n' if listed else 0 }} as position, '{{ rule }}' as match_rule,
        '{{ kind }}' as kind, {{ "ltrim(id, '=')" if listed else links ~ '.' ~ key }} as key, {{ scope }} as scope
    {%- if listed %} from string_to_table({{ links }}.ids, '|') with ordinality as ids (id, n){% endif %}
    {%- if key == 'whole_ids' %} where starts_with(id, '='){% endif %}
{%- endmacro %}


-- The campaigns that the first known key of a link means at each moment, and what each spent on that day of its account.
{% macro rivals_at(moments) -%}
    select named.*, spent.spend > 0 and named.match_rule <> 'name_loosely' as is_spending,
        named.date >= ({{ first_day_of('named') }}) as is_known,
        count(*) over (partition by named.workspace_link, named.event_time) > 1 as is_one_of_several,
        {{ spend_changed_at('named') }} as spend_changed_at
    from ({{ meant_at(moments) }}) as named
    left join {{ ref('int_ad_metrics') }} as spent on {{ is_day_of('spent', 'named') }}
    where named.place = 1
{%- endmacro %}


-- What a link may mean at each moment, the first known key in the first place.
{% macro meant_at(moments) -%}
    select meant.*, moments.event_time, {{ local_date('moments.event_time', 'accounts.timezone') }} as date,
        rank() over (partition by meant.workspace_link, moments.event_time order by meant.position) as place
    from {{ moments }} as moments
    inner join candidates as meant on moments.workspace_link = meant.workspace_link
    inner join {{ ref('int_accounts') }} as accounts
        on meant.platform = accounts.platform and meant.account_id = accounts.account_id
    where coalesce(meant.valid_from <= moments.event_time, true)
{%- endmacro %}


-- From which day on an account's spend is known: who is not known to have spent may have.
{% macro first_day_of(accounts) -%}
    select min(days.date) from {{ ref('int_ad_metrics') }} as days
    where days.platform = {{ accounts }}.platform and days.account_id = {{ accounts }}.account_id
{%- endmacro %}


-- The only one there is, else the only one that spent on the day, where that is known of all.
{% macro only_one(column) -%}
    case when count(*) = 1 then min({{ column }})
        when count(*) filter (where rivals.is_spending) = 1 and bool_and(rivals.is_known)
            then min({{ column }}) filter (where rivals.is_spending) end
{%- endmacro %}


-- Campaigns' days as a list of objects.
{% macro listed(days) -%}
    {%- set columns = ['platform', 'account_id', 'campaign_id', 'date'] -%}
    jsonb_agg(
        jsonb_build_object({% for name in columns %}'{{ name }}', {{ days }}.{{ name }}{{ ', ' if not loop.last }}{% endfor %})
        order by {{ days }}.platform, {{ days }}.account_id, {{ days }}.campaign_id
    )
{%- endmacro %}
