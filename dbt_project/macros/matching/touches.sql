-- The most recent touches of an order: its own, and clicks of its visitors within the lookback. Matched and unmatched
-- touches are read separately, each from the end of its index, so that at most `limit` rows are read of each.
{% macro touches_for_order(orders, matched, limit) -%}
    select latest.* from unnest(array{{ matched | tojson }}) as halves (is_matched)
    cross join lateral (
        {{ recent_touches(limit, belongs_to_order(orders)) }}
        union
        select clicks.* from ({{ visitors_of_order(orders) }}) as visitors
        cross join lateral ({{ recent_touches(limit, "touches.workspace_id = " ~ orders ~ ".workspace_id
            and touches.visitor_hash = visitors.visitor_hash
            and touches.event_time between " ~ orders ~ ".earliest and " ~ orders ~ ".order_date") }}) as clicks
    ) as latest
{%- endmacro %}


-- The `limit` most recent touches that meet a condition; part of `touches_for_order`.
{% macro recent_touches(limit, condition) -%}
    (select touches.record_key, touches.touch_id, touches.kind, touches.event_time, touches.platform, touches.account_id,
        touches.campaign_id, touches.match_rule, touches.unmatched_reason, touches.updated_at
    from {{ ref('int_touches__matched') }} as touches
    where touches.is_matched = halves.is_matched and {{ condition }}
    order by {{ order_by_latest('touches') }} limit {{ limit }})
{%- endmacro %}


-- Latest first; of touches at one instant the larger id. Ids are numbers as text: the longer one is larger.
{% macro order_by_latest(touches) -%}
    {{ touches }}.event_time desc, length({{ touches }}.touch_id) desc, {{ touches }}.touch_id desc
{%- endmacro %}


-- A condition: the touch belongs to the order.
{% macro belongs_to_order(orders) -%}
    touches.store_platform = {{ orders }}.store_platform and touches.store_id = {{ orders }}.store_id
    and touches.order_id = {{ orders }}.order_id
{%- endmacro %}


-- The customer of an order, and the visitors of clicks that belong to it.
{% macro visitors_of_order(orders) -%}
    select {{ orders }}.customer_hash as visitor_hash
    union
    select touches.visitor_hash from {{ ref('int_touches__matched') }} as touches where {{ belongs_to_order(orders) }}
{%- endmacro %}


-- Of several touches' reasons, the one closest to a match.
{% macro most_specific_reason(reason) -%}
    {%- set ranking = "array['" ~ var('adsync_reasons') | join("', '") ~ "']" -%}
    ({{ ranking }})[min(array_position({{ ranking }}, {{ reason }}))]
{%- endmacro %}
