-- Times are UTC without an offset. Campaigns have no start and stop; their ad groups have.

with

source as (

    select * from {{ source('tiktok', 'campaigns') }}

),

renamed as (

    select
        source.account_id,
        source.record_key as campaign_id,
        {{ as_label("payload ->> 'campaign_name'") }} as name,
        case
            when source.payload ->> 'secondary_status' = 'CAMPAIGN_STATUS_DELETE' then 'deleted'
            when source.payload ->> 'operation_status' <> 'ENABLE' then 'paused'
            when source.payload ->> 'secondary_status' = 'CAMPAIGN_STATUS_DISABLE' then 'paused'
            when source.payload ->> 'secondary_status' = 'CAMPAIGN_STATUS_ENABLE' then 'active'
            else 'limited'
        end as status,
        source.payload ->> 'objective_type' as objective,
        cast(null as timestamptz) as started_at,
        cast(null as timestamptz) as stopped_at,
        fields.created_at,
        fields.unreadable,
        source.loaded_at
    from source
    cross join {{ fields_of('payload', {
        'created_at': ['utc_instant', 'create_time'],
    }) }} as fields

)

select * from renamed
