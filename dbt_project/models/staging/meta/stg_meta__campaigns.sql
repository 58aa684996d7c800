with

source as (

    select * from {{ source('meta', 'campaigns') }}

),

renamed as (

    select
        source.account_id,
        source.record_key as campaign_id,
        {{ as_label("payload ->> 'name'") }} as name,
        case coalesce(source.payload ->> 'effective_status', source.payload ->> 'status')
            when 'ACTIVE' then 'active'
            when 'PAUSED' then 'paused'
            when 'CAMPAIGN_PAUSED' then 'paused'
            when 'ARCHIVED' then 'archived'
            when 'DELETED' then 'deleted'
            else 'limited'
        end as status,
        source.payload ->> 'objective' as objective,
        fields.started_at,
        fields.stopped_at,
        fields.created_at,
        fields.unreadable,
        source.loaded_at
    from source
    cross join {{ fields_of('payload', {
        'started_at': ['instant', 'start_time'],
        'stopped_at': ['instant', 'stop_time'],
        'created_at': ['instant', 'created_time'],
    }) }} as fields

)

select * from renamed
