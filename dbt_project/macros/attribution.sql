-- Of several touches' reasons, the one that says most about how near the order came to a campaign.
{% macro nearest_reason(reason) -%}
    {%- set ranking = [
        'outside_window', 'touch_after_order', 'ambiguous_name', 'unknown_campaign', 'damaged_id', 'macro_unexpanded',
        'platform_only', 'no_utm', 'direct',
    ] -%}
    (array['{{ ranking | join("', '") }}'])[min(array_position(array['{{ ranking | join("', '") }}'], {{ reason }}))]
{%- endmacro %}


-- How long before an order its path may begin: what-if windows reach 28 days, a workspace's own may reach further.
{% macro path_horizon(window_days) -%}
    make_interval(hours => 24 * greatest(28, {{ window_days }}))
{%- endmacro %}


-- Orders to decide (again): changed ones, those of changed stores, and those that a late touch may have brought.
{% macro orders_to_decide() -%}
    {{ changed_orders(ref('int_attribution_settings'), known='>=') }}
    {%- if is_incremental() %}
    union
    select reached.store_platform, reached.store_id, reached.order_id
    from ({{ orders_reached_late() }}) as reached
    where not exists (
        select 1 from {{ this }} as seen
        where (seen.store_platform, seen.store_id, seen.order_id)
            = (reached.store_platform, reached.store_id, reached.order_id)
            and {{ has_taken_in('reached.updated_at', '>=') }}
    )
    {%- endif %}
{%- endmacro %}


-- Orders that late touches may have brought: those they stand on, those that their keys name, and those their visitors
-- placed soon after. A visitor is a customer of the store, or whoever a click ties to an order; each is asked for once,
-- however many clicks are his.
{% macro orders_reached_late() -%}
    select places.store_platform, places.store_id, places.order_id, max(places.updated_at) as updated_at
    from (
        select store_platform, store_id, order_id, updated_at from ({{ late_touches() }}) as late
        union all
        {{ orders_named_late() }}
        union all
        {{ orders_of_late_visitors() }}
        union all
        {{ orders_tied_to_late_visitors() }}
    ) as places
    where places.order_id is not null
    group by places.store_platform, places.store_id, places.order_id
{%- endmacro %}


{% macro orders_named_late() -%}
    select named.platform, named.store_id, named.order_id, late.updated_at
    from (
        select workspace_id, order_key, max(updated_at) as updated_at from ({{ late_touches() }}) as late
        group by workspace_id, order_key
    ) as late
    inner join {{ ref('orders') }} as named
        on named.workspace_id = late.workspace_id and {{ is_named('named', 'late.order_key') }}
{%- endmacro %}


{% macro orders_of_late_visitors() -%}
    select own.platform, own.store_id, own.order_id, late.updated_at
    from ({{ late_visitors() }}) as late
    inner join {{ ref('orders') }} as own
        on own.workspace_id = late.workspace_id and own.customer_hash = late.visitor_hash
        and {{ is_placed_after('own', 'late') }}
{%- endmacro %}


{% macro orders_tied_to_late_visitors() -%}
    select tied.platform, tied.store_id, tied.order_id, late.updated_at
    from ({{ late_visitors() }}) as late
    inner join {{ ref('touches') }} as tie
        on tie.workspace_id = late.workspace_id and tie.visitor_hash = late.visitor_hash
    inner join {{ ref('orders') }} as tied
        on (tied.platform, tied.store_id, tied.order_id) = (tie.store_platform, tie.store_id, tie.order_id)
        and {{ is_placed_after('tied', 'late') }}
{%- endmacro %}


{% macro late_touches() -%}
    select * from {{ ref('touches') }} as touches where touches.updated_at > {{ watermark() }}
{%- endmacro %}


{% macro late_visitors() -%}
    select workspace_id, visitor_hash, min(event_time) as earliest, max(event_time) as latest, max(updated_at) as updated_at
    from ({{ late_touches() }}) as late
    where visitor_hash is not null
    group by workspace_id, visitor_hash
{%- endmacro %}


-- An order placed while the path of one of the visitor's late clicks may still have been open.
{% macro is_placed_after(orders, late) -%}
    {{ orders }}.order_date between {{ late }}.earliest and {{ late }}.latest + (
        select {{ path_horizon('settings.window_days') }} from {{ ref('int_attribution_settings') }} as settings
        where settings.platform = {{ orders }}.platform and settings.account_id = {{ orders }}.store_id
    )
{%- endmacro %}


-- The latest touches of an order: its own, and the clicks that its visitors made while its path was open. Each half of
-- the index, touches that are matched and those that are not, is read from its end, so that thousands of clicks of one
-- visitor cost no more than `limit` of them.
{% macro touches_of(orders, matched, limit) -%}
    select latest.* from unnest(array{{ matched | tojson }}) as halves (is_matched)
    cross join lateral (
        {{ latest_touches(limit, order_is(orders)) }}
        union
        select clicks.* from ({{ visitors_of(orders) }}) as visitors
        cross join lateral ({{ latest_touches(limit, "touches.workspace_id = " ~ orders ~ ".workspace_id
            and touches.visitor_hash = visitors.visitor_hash
            and touches.event_time between " ~ orders ~ ".earliest and " ~ orders ~ ".order_date") }}) as clicks
    ) as latest
{%- endmacro %}


{% macro latest_touches(limit, condition) -%}
    (select touches.record_key, touches.touch_id, touches.kind, touches.event_time, touches.platform, touches.account_id,
        touches.campaign_id, touches.match_rule, touches.unmatched_reason, touches.updated_at
    from {{ ref('touches') }} as touches
    where touches.is_matched = halves.is_matched and {{ condition }}
    order by {{ latest_first('touches') }} limit {{ limit }})
{%- endmacro %}


-- Ids are numbers in text: the longer is the larger.
{% macro latest_first(touches) -%}
    {{ touches }}.event_time desc, length({{ touches }}.touch_id) desc, {{ touches }}.touch_id desc
{%- endmacro %}


{% macro order_is(orders) -%}
    touches.store_platform = {{ orders }}.store_platform and touches.store_id = {{ orders }}.store_id
    and touches.order_id = {{ orders }}.order_id
{%- endmacro %}


{% macro visitors_of(orders) -%}
    select {{ orders }}.customer_hash as visitor_hash
    union
    select touches.visitor_hash from {{ ref('touches') }} as touches where {{ order_is(orders) }}
{%- endmacro %}


-- What a touch weighs before the order's touches are made to add up to 1: half as much for every half-life of its age.
{% macro decayed(age_seconds) -%}
    power(cast(0.5 as double precision), {{ age_seconds }} / (86400.0 * {{ var('adsync_half_life_days') }}))
{%- endmacro %}


-- 40 % to the first touch, 40 % to the last, the rest to those between; two touches share equally.
{% macro position_based(position, touches) -%}
    cast(case
        when {{ touches }} <= 2 then 1.0 / {{ touches }}
        when {{ position }} in (1, {{ touches }}) then 0.4
        else 0.2 / ({{ touches }} - 2)
    end as double precision)
{%- endmacro %}


-- The what-if windows, in days; the longest is as far as every path reaches.
{% macro what_if_windows() -%}
    {{ return([1, 3, 7, 14, 28]) }}
{%- endmacro %}


-- The narrowest what-if window that reaches a touch of this age; null when none does.
{% macro narrowest_window(age_seconds) -%}
    case
        {%- for days in what_if_windows() %}
        when {{ age_seconds }} <= {{ 86400 * days }} then {{ days }}
        {%- endfor %}
    end
{%- endmacro %}
