-- Keys of orders to attribute: changed orders, orders of stores with changed settings, orders with late touches.
{% macro orders_to_attribute() -%}
    {{ changed_orders(ref('int_settings__attribution'), known='>=') }}
    {%- if is_incremental() %}
    union
    select reached.store_platform, reached.store_id, reached.order_id
    from ({{ orders_with_late_touches() }}) as reached
    where not exists (
        select 1 from {{ this }} as seen
        where (seen.store_platform, seen.store_id, seen.order_id)
            = (reached.store_platform, reached.store_id, reached.order_id)
            and {{ already_processed('reached.updated_at', '>=') }}
    )
    {%- endif %}
{%- endmacro %}


-- Orders that a late touch may change: orders the touch belongs to, orders named by its order key, and orders that its
-- visitor placed afterwards. Visitors are grouped first, so that a visitor with many late clicks is looked up once.
{% macro orders_with_late_touches() -%}
    select places.store_platform, places.store_id, places.order_id, max(places.updated_at) as updated_at
    from (
        select store_platform, store_id, order_id, updated_at from ({{ late_touches() }}) as late
        union all
        {{ orders_with_late_order_keys() }}
        union all
        {{ orders_of_visitors_with_late_touches() }}
        union all
        {{ orders_linked_to_visitors_with_late_touches() }}
    ) as places
    where places.order_id is not null
    group by places.store_platform, places.store_id, places.order_id
{%- endmacro %}


-- Orders named by the order key of a late click.
{% macro orders_with_late_order_keys() -%}
    select named.platform, named.store_id, named.order_id, late.updated_at
    from (
        select workspace_id, order_key, max(updated_at) as updated_at from ({{ late_touches() }}) as late
        group by workspace_id, order_key
    ) as late
    inner join {{ ref('orders') }} as named
        on named.workspace_id = late.workspace_id and {{ has_order_key('named', 'late.order_key') }}
{%- endmacro %}


-- Orders whose customer is the visitor of a late touch.
{% macro orders_of_visitors_with_late_touches() -%}
    select own.platform, own.store_id, own.order_id, late.updated_at
    from ({{ visitors_with_late_touches() }}) as late
    inner join {{ ref('orders') }} as own
        on own.workspace_id = late.workspace_id and own.customer_hash = late.visitor_hash
        and {{ is_placed_within_lookback('own', 'late') }}
{%- endmacro %}


-- Orders that another touch links to the visitor of a late touch.
{% macro orders_linked_to_visitors_with_late_touches() -%}
    select tied.platform, tied.store_id, tied.order_id, late.updated_at
    from ({{ visitors_with_late_touches() }}) as late
    inner join {{ ref('int_touches__matched') }} as tie
        on tie.workspace_id = late.workspace_id and tie.visitor_hash = late.visitor_hash
    inner join {{ ref('orders') }} as tied
        on (tied.platform, tied.store_id, tied.order_id) = (tie.store_platform, tie.store_id, tie.order_id)
        and {{ is_placed_within_lookback('tied', 'late') }}
{%- endmacro %}


-- Touches that were loaded or matched after this model was last built.
{% macro late_touches() -%}
    select * from {{ ref('int_touches__matched') }} as touches where touches.updated_at > {{ last_processed_at() }}
{%- endmacro %}


-- Visitors with late touches: time of the first and last one.
{% macro visitors_with_late_touches() -%}
    select workspace_id, visitor_hash, min(event_time) as earliest, max(event_time) as latest, max(updated_at) as updated_at
    from ({{ late_touches() }}) as late
    where visitor_hash is not null
    group by workspace_id, visitor_hash
{%- endmacro %}


-- A condition: the order was placed while one of the visitor's late touches was within its lookback.
{% macro is_placed_within_lookback(orders, late) -%}
    {{ orders }}.order_date between {{ late }}.earliest and {{ late }}.latest + (
        select {{ lookback_interval('settings.window_days') }} from {{ ref('int_settings__attribution') }} as settings
        where settings.platform = {{ orders }}.platform and settings.account_id = {{ orders }}.store_id
    )
{%- endmacro %}


-- How long before an order its touches are considered: 28 days (the longest what-if window), or longer where the
-- workspace's own window is.
{% macro lookback_interval(window_days) -%}
    make_interval(hours => 24 * greatest(28, {{ window_days }}))
{%- endmacro %}
