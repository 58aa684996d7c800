-- Account days of `int_ad_metrics` to compute: new or updated rows, deleted rows, changed finality, changed settings.
{% macro changed_campaign_days() -%}
    select metrics.platform, metrics.account_id, metrics.date
    from {{ ref('int_ad_metrics') }} as metrics
    where {{ is_new_or_updated('metrics', ['platform', 'account_id', 'campaign_id', 'date']) }}
    union
    {{ days_with_deleted_rows(ref('int_ad_metrics')) }}
    union
    {{ days_with_changed_finality(ref('account_finality')) }}
    union
    select metrics.platform, metrics.account_id, metrics.date
    from {{ ref('int_ad_metrics') }} as metrics
    inner join ({{ accounts_with_changed_settings(ref('int_accounts')) }}) as outdated
        on (metrics.platform, metrics.account_id) = (outdated.platform, outdated.account_id)
{%- endmacro %}


-- Days for which the platform withdrew a row that this model still holds. A deleted row leaves no newer version behind.
{% macro days_with_deleted_rows(upstream) -%}
    select gone.platform, gone.account_id, gone.date
    from {{ ref('stg_adsync__withdrawals') }} as gone
    {%- if is_incremental() %}
    inner join {{ this }} as held
        on (held.platform, held.account_id, held.campaign_id, held.date)
            = (gone.platform, gone.account_id, gone.campaign_id, gone.date)
    where gone.observed_at > {{ last_processed_at() }} and not exists (
        select 1 from {{ upstream }} as still
        where (still.platform, still.account_id, still.campaign_id, still.date)
            = (gone.platform, gone.account_id, gone.campaign_id, gone.date)
    )
    {%- else %} where false {%- endif %}
{%- endmacro %}


-- Days whose `is_final` changes because time has passed or the account's limit moved; no row of these days has changed.
{% macro days_with_changed_finality(finality) -%}
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
