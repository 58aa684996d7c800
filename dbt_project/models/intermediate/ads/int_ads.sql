-- Ad sets and ads with their campaigns: links may carry any of these ids.

with

ads as (

    {{ union_sources('ad_platforms', 'ads', ['account_id', 'child_id', 'kind', 'campaign_id']) }}

),

renamed as (

    select
        platform,
        account_id,
        kind,
        lower(child_id) as child_id,
        lower(campaign_id) as campaign_id
    from ads
    where child_id is not null and campaign_id is not null

)

select * from renamed
