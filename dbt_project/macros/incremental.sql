-- Rows of `alias` that this model has not taken in yet, in exactly this version; `key` maps its columns to theirs. With
-- `known='>='` a row here may be newer than what it was made from, because something else made it so.
{% macro unseen(alias, key, version='updated_at', known='=') -%}
    {%- if is_incremental() -%}
        {{ alias }}.{{ version }} > {{ watermark() }}
        and not exists (
            select 1
            from {{ this }} as seen
            where
                seen.updated_at {{ known }} {{ alias }}.{{ version }}
                {%- for column in key %}
                and seen.{{ column }} = {{ alias }}.{{ key[column] if key is mapping else column }}
                {%- endfor %}
        )
    {%- else -%}
        true
    {%- endif -%}
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
                and seen.updated_at >= {{ alias }}.updated_at
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{% macro watermark() -%}
    (
        select coalesce(max(newest.updated_at), '-infinity') - interval '{{ var("adsync_overlap") }}'
        from {{ this }} as newest
    )
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


-- Accounts whose rows here were computed with other settings than today's, or no longer belong here.
{% macro outdated_accounts(settings, platform='platform', account='account_id') -%}
    select
        coalesce(present.platform, held.platform) as platform,
        coalesce(present.account_id, held.account_id) as account_id
    from {{ settings }} as present
    {%- if is_incremental() %}
    full join ({{ held_settings(platform, account) }}) as held
        on (held.platform, held.account_id) = (present.platform, present.account_id)
    where (held.lowest, held.highest) is distinct from (present.settings_key, present.settings_key)
    {%- else %} cross join (select null as platform, null as account_id) as held where false {%- endif %}
{%- endmacro %}


-- The lowest and highest fingerprint per account, from an index: one step per account, not one per row.
{% macro held_settings(platform, account) -%}
    with recursive held as (
        (select t.{{ platform }} as platform, t.{{ account }} as account_id from {{ this }} as t
            order by t.{{ platform }}, t.{{ account }} limit 1) union all
        select following.platform, following.account_id from held cross join lateral (
            select t.{{ platform }} as platform, t.{{ account }} as account_id from {{ this }} as t
            where (t.{{ platform }}, t.{{ account }}) > (held.platform, held.account_id)
            order by t.{{ platform }}, t.{{ account }} limit 1
        ) as following
    )
    select held.*, fingerprints.* from held cross join lateral (
        select min(settings_key) as lowest, max(settings_key) as highest from {{ this }} as t
        where (t.{{ platform }}, t.{{ account }}) = (held.platform, held.account_id)
    ) as fingerprints
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
    inner join ({{ outdated_accounts(settings, platform, 'store_id') }}) as outdated
        on (orders.store_platform, orders.store_id) = (outdated.platform, outdated.account_id)
{%- endmacro %}


-- Orders of the buyers of some orders, as they are known now and as this model held them, where the store does not
-- tell itself who is new.
{% macro orders_of_the_same_buyers(changed) -%}
    select others.store_platform, others.store_id, others.order_id
    from (
        select orders.store_platform, orders.store_id, orders.customer_hash
        from {{ changed }} as changed
        inner join {{ ref('int_orders') }} as orders
            on (orders.store_platform, orders.store_id, orders.order_id)
                = (changed.store_platform, changed.store_id, changed.order_id)
        {{- held_buyers(changed) }}
    ) as buyers
    inner join {{ ref('int_orders') }} as others
        on (others.store_platform, others.store_id, others.customer_hash)
            = (buyers.store_platform, buyers.store_id, buyers.customer_hash)
    where others.is_new_customer is null
{%- endmacro %}


{% macro held_buyers(changed) -%}
    {%- if is_incremental() %}
        union
        select held.platform, held.store_id, held.customer_hash
        from {{ changed }} as changed
        inner join {{ this }} as held
            on (held.platform, held.store_id, held.order_id)
                = (changed.store_platform, changed.store_id, changed.order_id)
    {%- endif -%}
{%- endmacro %}


-- Rows without `updated_at` tell an incremental run which units to empty; a table built anew must not hold them.
{% macro kept_here() -%}
    {{ 'true' if is_incremental() else 'updated_at is not null' }}
{%- endmacro %}
