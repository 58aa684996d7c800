with

source as (

    select * from {{ source('meta', 'campaigns') }}

),

renamed as (

    select
        account_id,
        record_key as campaign_id,
        {{ as_label("payload ->> 'name'") }} as name,
        case coalesce(payload ->> 'effective_status', payload ->> 'status')
            when 'ACTIVE' then 'active'
            when 'PAUSED' then 'paused'
            when 'CAMPAIGN_PAUSED' then 'paused'
            when 'ARCHIVED' then 'archived'
            when 'DELETED' then 'deleted'
            else 'limited'
        end as status,
        payload ->> 'objective' as objective,
        fields.started_at,
        fields.stopped_at,
        fields.created_at,
        fields.unreadable,
        loaded_at
    from source
    cross join {{ fields_of('payload', {
        'started_at': ['instant', 'start_time'],
        'stopped_at': ['instant', 'stop_time'],
        'created_at': ['instant', 'created_time'],
    }) }} as fields

)

select * from renamed
