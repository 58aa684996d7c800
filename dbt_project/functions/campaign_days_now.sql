select * from {{ ref('int_campaign_days') }}
