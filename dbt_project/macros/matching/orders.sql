-- The one order of a workspace whose id or number equals the key, with or without "#"; null when several do.
{% macro order_with_key(workspace, key) -%}
    select
        min(orders.platform) filter (where orders.is_only) as store_platform,
        min(orders.store_id) filter (where orders.is_only) as store_id,
        min(orders.order_id) filter (where orders.is_only) as order_id,
        max(orders.updated_at) as updated_at
    from (
        select named.*, count(*) over () = 1 as is_only
        from {{ ref('orders') }} as named
        -- Most clicks name none, and are not worth a look into the index.
        where {{ key }} is not null and named.workspace_id = {{ workspace }} and {{ has_order_key('named', key) }}
    ) as orders
{%- endmacro %}


-- A condition: the key is the order's id or number.
{% macro has_order_key(orders, key) -%}
    ({{ orders }}.order_id = {{ key }} or {{ orders }}.number in ({{ key }}, '#' || {{ key }}, ltrim({{ key }}, '#')))
{%- endmacro %}


-- The key of the raw record that touches are read from: an order, or a click of a log.
{% macro record_key(place, owner, id) -%}
    {{ place }} || ':' || {{ owner }} || ':' || {{ id }}
{%- endmacro %}
