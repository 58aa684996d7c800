with

source as (

    select * from {{ source('meta', 'campaigns') }}

),

renamed as (

    select
        account_id,
        record_key as campaign_id,
        payload ->> 'name' as name,
        case coalesce(payload ->> 'effective_status', payload ->> 'status')
            when 'ACTIVE' then 'active'
            when 'PAUSED' then 'paused'
            when 'CAMPAIGN_PAUSED' then 'paused'
            when 'ARCHIVED' then 'archived'
            when 'DELETED' then 'deleted'
            else 'limited'
        end as status,
        payload ->> 'objective' as objective,
        cast(payload ->> 'start_time' as timestamptz) as started_at,
        cast(payload ->> 'stop_time' as timestamptz) as stopped_at,
        cast(payload ->> 'created_time' as timestamptz) as created_at,
        loaded_at
    from source

)

select * from renamed
