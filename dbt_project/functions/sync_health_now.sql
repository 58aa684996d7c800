select * from {{ ref('int_sync_health') }}
