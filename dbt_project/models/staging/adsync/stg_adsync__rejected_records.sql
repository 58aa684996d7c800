with

source as (

    select * from {{ source('raw', 'rejected_records') }}

),

renamed as (

    select
        source as platform,
        stream,
        account_id,
        coalesce(record_key, 'without a key, ' || md5(reason || excerpt)) as record,
        reason,
        excerpt,
        first_seen_at,
        last_seen_at,
        attempts
    from source

)

select * from renamed
