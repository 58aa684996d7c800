-- Values that have another type than documented, as consistency issues: the newest 100 of each account and field.

with

records as (

    select
        platform,
        account_id,
        'campaign ' || campaign_id || ' on ' || date as record,
        date,
        unreadable,
        updated_at
    from {{ ref('int_ad_metrics') }}
    where unreadable is not null
    union all
    select
        platform,
        account_id,
        'campaign ' || campaign_id as record,
        null as date,
        unreadable,
        null as updated_at
    from {{ ref('int_campaigns') }}
    where unreadable is not null
    union all
    select
        store_platform as platform,
        store_id as account_id,
        'order ' || order_id as record,
        null as date,
        unreadable,
        updated_at
    from {{ ref('int_orders') }}
    where unreadable is not null
    union all
    select
        store_platform as platform,
        store_id as account_id,
        'visit ' || touch_id || ' of order ' || order_id as record,
        null as date,
        unreadable,
        updated_at
    from {{ ref('int_touches__parsed') }}
    where unreadable is not null

),

fields as (

    select
        records.*,
        fields.field,
        fields.value,
        row_number() over (
            partition by records.platform, records.account_id, fields.field
            order by records.updated_at desc, records.record asc
        ) as position
    from records
    cross join lateral jsonb_each_text(records.unreadable) as fields (field, value)

),

unreadable as (

    select
        accounts.workspace_id,
        'unreadable_value' as type,
        fields.platform,
        fields.account_id,
        fields.record || ': ' || fields.field as about,
        fields.date,
        cast(null as numeric) as value,
        fields.field || ' of ' || fields.record || ' is unreadable: ''' || fields.value || '''; it counts as '
        || 'unknown until the platform sends another value. If other records have the same value, the platform has '
        || 'changed its format' as detail
    from fields
    inner join {{ ref('int_accounts') }} as accounts
        on fields.platform = accounts.platform and fields.account_id = accounts.account_id
    where fields.position <= 100

)

select * from unreadable
