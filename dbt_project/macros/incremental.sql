-- Rows of `alias` that this model has not taken in yet, in exactly this version; `key` maps its columns to theirs.
{% macro unseen(alias, key, version='updated_at') -%}
    {%- if is_incremental() -%}
        {{ alias }}.{{ version }} > {{ watermark() }}
        and not exists (
            select 1
            from {{ this }} as seen
            where
                seen.updated_at = {{ alias }}.{{ version }}
                {%- for column in key %}
                and seen.{{ column }} = {{ alias }}.{{ key[column] if key is mapping else column }}
                {%- endfor %}
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


-- Days that this model holds as provisional and that have become final since: nothing but time has passed.
{% macro days_become_final(accounts) -%}
    select held.platform, held.account_id, held.date
    {%- if is_incremental() %}
    from {{ this }} as held
    inner join {{ accounts }} as due
        on (held.platform, held.account_id) = (due.platform, due.account_id) and held.date <= due.final_through
    inner join {{ ref('int_ad_metrics') }} as known
        on (known.platform, known.account_id, known.campaign_id, known.date)
            = (held.platform, held.account_id, held.campaign_id, held.date)
    where not held.is_final and known.is_settled is distinct from false
    {%- else %}
    from (select null as platform, null as account_id, cast(null as date) as date) as held where false
    {%- endif -%}
{%- endmacro %}


-- Orders that are new here in this version, and those of stores whose settings have changed.
{% macro changed_orders(settings, platform='store_platform') -%}
    select orders.store_platform, orders.store_id, orders.order_id
    from {{ ref('int_orders') }} as orders
    where {{ unseen('orders', {platform: 'store_platform', 'store_id': 'store_id', 'order_id': 'order_id'}) }}
    union
    select orders.store_platform, orders.store_id, orders.order_id
    from {{ ref('int_orders') }} as orders
    inner join ({{ outdated_accounts(settings, platform, 'store_id') }}) as outdated
        on (orders.store_platform, orders.store_id) = (outdated.platform, outdated.account_id)
{%- endmacro %}


-- Rows without `updated_at` tell an incremental run which units to empty; a table built anew must not hold them.
{% macro kept_here() -%}
    {{ 'true' if is_incremental() else 'updated_at is not null' }}
{%- endmacro %}
