-- Ids are in lower case, because links may carry them in either case.

with

source as (

    select * from {{ source('snapchat', 'campaigns') }}

),

renamed as (

    select
        source.account_id,
        lower(source.record_key) as campaign_id,
        {{ as_label("payload ->> 'name'") }} as name,
        case
            when source.payload ->> 'status' = 'PAUSED' then 'paused'
            -- A campaign that is switched on may be unable to run; the list of reasons may be missing.
            when
                source.payload ->> 'status' = 'ACTIVE'
                and coalesce(jsonb_exists(nullif(source.payload -> 'delivery_status', 'null'), 'VALID'), true)
                then 'active'
            else 'limited'
        end as status,
        coalesce(
            source.payload ->> 'objective',
            {{ json_text('payload', ['objective_v2_properties', 'objective_v2_type']) }}
        ) as objective,
        fields.started_at,
        fields.stopped_at,
        fields.created_at,
        fields.unreadable,
        source.loaded_at
    from source
    cross join {{ fields_of('payload', {
        'started_at': ['instant', 'start_time'],
        'stopped_at': ['instant', 'end_time'],
        'created_at': ['instant', 'created_at'],
    }) }} as fields

)

select * from renamed
