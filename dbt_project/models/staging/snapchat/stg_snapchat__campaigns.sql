-- Ids are in lower case, because links may carry them in either case.

with

source as (

    select * from {{ source('snapchat', 'campaigns') }}

),

renamed as (

    select
        account_id,
        lower(record_key) as campaign_id,
        payload ->> 'name' as name,
        case
            when payload ->> 'status' = 'PAUSED' then 'paused'
            -- A campaign that is switched on may be unable to run; the list of reasons may be missing.
            when
                payload ->> 'status' = 'ACTIVE'
                and coalesce(jsonb_exists(nullif(payload -> 'delivery_status', 'null'), 'VALID'), true)
                then 'active'
            else 'limited'
        end as status,
        coalesce(payload ->> 'objective', {{ json_text('payload', ['objective_v2_properties', 'objective_v2_type']) }})
            as objective,
        cast(payload ->> 'start_time' as timestamptz) as started_at,
        cast(payload ->> 'end_time' as timestamptz) as stopped_at,
        cast(payload ->> 'created_at' as timestamptz) as created_at,
        loaded_at
    from source

)

select * from renamed
