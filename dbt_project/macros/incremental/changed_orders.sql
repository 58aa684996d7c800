-- Keys of orders that are new or updated, and of all orders of stores whose settings changed.
{% macro changed_orders(settings, platform='store_platform', orders=ref('int_orders'), known='=') -%}
    select orders.store_platform, orders.store_id, orders.order_id
    from {{ orders }} as orders
    where {{ is_new_or_updated(
        'orders', {platform: 'store_platform', 'store_id': 'store_id', 'order_id': 'order_id'}, known=known
    ) }}
    union
    select orders.store_platform, orders.store_id, orders.order_id
    from {{ ref('int_orders') }} as orders
    inner join ({{ accounts_with_changed_settings(settings) }}) as outdated
        on (orders.store_platform, orders.store_id) = (outdated.platform, outdated.account_id)
{%- endmacro %}


-- A hook: deletes the rows of changed orders. `delete+insert` replaces the rows of an order that has some, and would leave
-- those of an order that has none any more.
{% macro delete_changed_orders(settings, orders) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where (store_platform, store_id, order_id) in ({{ changed_orders(settings, orders=orders) }})
    {%- endif -%}
{%- endmacro %}


-- Keys of the orders to build: changed orders and all other orders of the same customers, since a changed order may make
-- another one the first. `is_changed` tells them apart.
{% macro orders_of_changed_customers() -%}
    with changed as (
        {{ changed_orders(ref('int_settings__stores'), platform='platform') }}
    ),
    affected as (
        {{ include_other_orders_of_same_customers('changed') }}
    )
    select store_platform, store_id, order_id, bool_or(is_changed) as is_changed
    from affected
    group by store_platform, store_id, order_id
{%- endmacro %}


-- Keys of the changed orders and of all other orders of the same customers; a full refresh has them all anyway.
{% macro include_other_orders_of_same_customers(changed) -%}
    select changed.store_platform, changed.store_id, changed.order_id, true as is_changed
    from {{ changed }} as changed
    {%- if is_incremental() %}
    union all
    select others.store_platform, others.store_id, others.order_id, false as is_changed
    from ({{ customers_of(changed) }}) as buyers
    inner join {{ ref('int_orders') }} as others
        on (others.store_platform, others.store_id, others.customer_hash)
            = (buyers.store_platform, buyers.store_id, buyers.customer_hash)
    {%- endif %}
{%- endmacro %}


-- Customers of the changed orders: as staged now, and as this model holds them.
{% macro customers_of(changed) -%}
    select orders.store_platform, orders.store_id, orders.customer_hash
    from {{ changed }} as changed
    inner join {{ ref('int_orders') }} as orders
        on (orders.store_platform, orders.store_id, orders.order_id)
            = (changed.store_platform, changed.store_id, changed.order_id)
    union
    select held.platform, held.store_id, held.customer_hash
    from {{ changed }} as changed
    inner join {{ this }} as held
        on (held.platform, held.store_id, held.order_id)
            = (changed.store_platform, changed.store_id, changed.order_id)
{%- endmacro %}
