-- Rows of `alias` that this model has not taken in yet, in exactly this version; `key` maps its columns to theirs. With
-- `known='>='` a row here may be newer than what it was made from, because something else made it so.
{% macro unseen(alias, key, version='updated_at', known='=') -%}
    {%- if is_incremental() -%}
        {{ alias }}.{{ version }} > {{ watermark() }}
        and not exists (
            select 1
            from {{ this }} as seen
            where
                {{ has_taken_in(alias ~ '.' ~ version, known) }}
                {%- for column in key %}
                and seen.{{ column }} = {{ alias }}.{{ key[column] if key is mapping else column }}
                {%- endfor %}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


-- Of a row `seen` here: it was made from this version. Told as a difference, which no index knows: that of versions would
-- find all rows of one load for each of them, where the key finds one.
{% macro has_taken_in(version, known) -%}
    seen.updated_at - {{ version }} {{ known }} interval '0'
{%- endmacro %}


-- A version of an account's day that came after what this model made of it; an account has one writer at a time.
{% macro unseen_day(alias) -%}
    {%- if is_incremental() -%}
        {{ alias }}.updated_at > {{ watermark() }}
        and not exists (
            select 1
            from {{ this }} as seen
            where
                (seen.platform, seen.account_id, seen.date) = ({{ alias }}.platform, {{ alias }}.account_id, {{ alias }}.date)
                and {{ has_taken_in(alias ~ '.updated_at', '>=') }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


-- As a constant, asked once: the planner knows how many rows are newer than a constant.
{% macro watermark() -%}
    {%- set newest = "select coalesce(max(newest.updated_at), '-infinity') - interval '" ~ var('adsync_overlap') ~ "' from " ~ this ~ " as newest" -%}
    {%- set known = graph.get('watermarks') -%}
    {%- if known is none -%}({{ newest }})
    {%- else -%}
        {%- if model.unique_id not in known -%}
            {%- do known.update({model.unique_id: run_query('select cast((' ~ newest ~ ') as text)').columns[0][0]}) -%}
        {%- endif -%}
        cast('{{ known[model.unique_id] }}' as timestamptz)
    {%- endif -%}
{%- endmacro %}


-- Days from which a row was withdrawn that this model still holds: what is gone leaves no changed row behind.
{% macro withdrawn_days(upstream) -%}
    select gone.platform, gone.account_id, gone.date
    from {{ ref('stg_adsync__withdrawals') }} as gone
    {%- if is_incremental() %}
    inner join {{ this }} as held
        on (held.platform, held.account_id, held.campaign_id, held.date)
            = (gone.platform, gone.account_id, gone.campaign_id, gone.date)
    where gone.observed_at > {{ watermark() }} and not exists (
        select 1 from {{ upstream }} as still
        where (still.platform, still.account_id, still.campaign_id, still.date)
            = (gone.platform, gone.account_id, gone.campaign_id, gone.date)
    )
    {%- else %} where false {%- endif %}
{%- endmacro %}


-- Replace whole units (an account's day, an order). A unit with nothing left arrives as one row without `updated_at`.
{% macro get_incremental_replace_units_sql(arg_dict) -%}
    {%- set unit = arg_dict.unique_key | join(', ') -%}
    {%- set columns = get_quoted_csv(arg_dict.dest_columns | map(attribute='name')) -%}
    delete from {{ arg_dict.target_relation }}
    where ({{ unit }}) in (select {{ unit }} from {{ arg_dict.temp_relation }});

    insert into {{ arg_dict.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arg_dict.temp_relation }}
    where updated_at is not null
{%- endmacro %}


-- Days that this model holds as provisional and that are final now, or the reverse: time has passed, no row changed.
{% macro days_of_other_finality(finality) -%}
    select held.platform, held.account_id, held.date
    {%- if is_incremental() %}
    from {{ this }} as held
    inner join {{ finality }} as due on (held.platform, held.account_id) = (due.platform, due.account_id)
    inner join {{ ref('int_ad_metrics') }} as known
        on (known.platform, known.account_id, known.campaign_id, known.date)
            = (held.platform, held.account_id, held.campaign_id, held.date)
    where held.is_final <> (held.date <= due.final_through)
        and held.is_final <> (held.date <= due.final_through and coalesce(known.is_settled, true))
    {%- else %}
    from (select null as platform, null as account_id, cast(null as date) as date) as held where false
    {%- endif -%}
{%- endmacro %}


-- Orders that are new here in this version, and those of stores whose settings have changed.
{% macro changed_orders(settings, platform='store_platform', orders=ref('int_orders'), known='=') -%}
    select orders.store_platform, orders.store_id, orders.order_id
    from {{ orders }} as orders
    where {{ unseen(
        'orders', {platform: 'store_platform', 'store_id': 'store_id', 'order_id': 'order_id'}, known=known
    ) }}
    union
    select orders.store_platform, orders.store_id, orders.order_id
    from {{ ref('int_orders') }} as orders
    inner join ({{ outdated(settings) }}) as outdated
        on (orders.store_platform, orders.store_id) = (outdated.platform, outdated.account_id)
{%- endmacro %}


-- Changed orders, and all orders of their buyers: a table that is made anew has them all.
{% macro with_orders_of_the_same_buyers(changed) -%}
    select changed.store_platform, changed.store_id, changed.order_id, true as is_changed
    from {{ changed }} as changed
    {%- if is_incremental() %}
    union all
    select others.store_platform, others.store_id, others.order_id, false as is_changed
    from ({{ buyers_of(changed) }}) as buyers
    inner join {{ ref('int_orders') }} as others
        on (others.store_platform, others.store_id, others.customer_hash)
            = (buyers.store_platform, buyers.store_id, buyers.customer_hash)
    {%- endif %}
{%- endmacro %}


-- Whose some orders are, as it is known now and as this model, which exists, held it.
{% macro buyers_of(changed) -%}
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


-- Rows without `updated_at` tell an incremental run which units to empty; a table built anew must not hold them.
{% macro kept_here() -%}
    {{ 'true' if is_incremental() else 'updated_at is not null' }}
{%- endmacro %}
