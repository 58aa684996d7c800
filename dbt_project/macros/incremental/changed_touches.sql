-- Records (orders, clicks) whose touches must be matched: record key and origin.
{% macro changed_touch_records() -%}
    select records.recorded_by, records.record_key
    from ({{ touch_records() }}) as records
    where {{ is_new_or_updated('records', ['record_key'], known='>=') }}
    union
    {{ records_with_changed_settings() }}
    {%- if is_incremental() %}
    union
    {{ clicks_with_newer_orders() }}
    union
    {{ ambiguous_touches_with_newer_spend() }}
    {%- endif %}
{%- endmacro %}


-- A condition: a touch of the record (order, click) was matched anew since this model was last built. In a full refresh
-- PostgreSQL drops all behind `true or`, and dbt still finds there what the model reads.
{% macro is_newly_matched(record_key) -%}
    (
        {{ 'true or ' if not is_incremental() }}{{ record_key }} in (
            select newer.record_key
            from {{ ref('int_touches__matched') }} as newer
            where {{ is_new_or_updated('newer', ['record_key', 'touch_id'], known='>=') }}
            union
            select outdated.record_key from ({{ records_with_changed_settings() }}) as outdated
            {{ 'union ' ~ records_with_newer_spend() if is_incremental() }}
        )
    )
{%- endmacro %}


-- Records with an ambiguous touch that was matched anew. Spend may be older than the newest touch.
{% macro records_with_newer_spend() -%}
    select newer.record_key
    from {{ ref('int_touches__matched') }} as newer
    inner join {{ this }} as held on (held.record_key, held.touch_id) = (newer.record_key, newer.touch_id)
    where newer.is_contested and newer.updated_at > held.updated_at
{%- endmacro %}


-- A hook: `delete+insert` replaces the touches of an order that has some, and would leave those of one that has none
-- now.
{% macro delete_touches_of_changed_orders() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where record_key in (
            select records.record_key from ({{ touch_records() }}) as records
            where {{ is_new_or_updated('records', ['record_key'], known='>=') }}
        )
    {%- endif -%}
{%- endmacro %}


-- All records that touches are read from: every order, with or without touches, and every click.
{% macro touch_records() -%}
    select
        store_platform || ':' || store_id as recorded_by,
        {{ record_key('store_platform', 'store_id', 'order_id') }} as record_key,
        updated_at
    from {{ ref('int_orders') }}
    union all
    select 'clicks:' || workspace_id as recorded_by, record_key, updated_at
    from {{ ref('int_touches__parsed') }} where kind = 'click'
{%- endmacro %}


-- Records whose campaigns, time zones or matching rules differ from those they were last matched with.
{% macro records_with_changed_settings() -%}
    select records.recorded_by, records.record_key
    from ({{ touch_records() }}) as records
    inner join ({{ accounts_with_changed_settings(ref('int_settings__matching'), ['recorded_by']) }}) as outdated
        on records.recorded_by = outdated.recorded_by
{%- endmacro %}


-- Clicks whose order key names an order that was loaded or renumbered after they were matched.
{% macro clicks_with_newer_orders() -%}
    select clicks.recorded_by, clicks.record_key
    from {{ ref('orders') }} as orders
    inner join {{ this }} as clicks
        on orders.workspace_id = clicks.workspace_id
        and clicks.order_key in (orders.order_id, orders.number, ltrim(orders.number, '#'), '#' || orders.number)
    where orders.updated_at > {{ last_processed_at() }} and orders.updated_at > clicks.updated_at
{%- endmacro %}


-- Touches whose name several campaigns share, where the spend of one of them has changed since.
{% macro ambiguous_touches_with_newer_spend() -%}
    select held.recorded_by, held.record_key
    from {{ this }} as held
    cross join lateral jsonb_to_recordset(held.contenders) as rivals (
        platform text, account_id text, campaign_id text, date date
    )
    where held.is_contested and {{ spend_changed_at('rivals') }} > held.updated_at
{%- endmacro %}


-- When the spend of a campaign's day last changed: the load time of its row, or the time of its withdrawal.
{% macro spend_changed_at(day) -%}
    greatest(
        (
            select metrics.updated_at from {{ ref('int_ad_metrics') }} as metrics
            where {{ is_same_campaign_day('metrics', day) }}
        ),
        (
            select max(withdrawals.observed_at) from {{ ref('stg_adsync__withdrawals') }} as withdrawals
            where {{ is_same_campaign_day('withdrawals', day) }}
        )
    )
{%- endmacro %}


-- A condition: both rows belong to the same campaign and day.
{% macro is_same_campaign_day(rows, day) -%}
    {{ rows }}.platform = {{ day }}.platform and {{ rows }}.account_id = {{ day }}.account_id
    and {{ rows }}.campaign_id = {{ day }}.campaign_id and {{ rows }}.date = {{ day }}.date
{%- endmacro %}
