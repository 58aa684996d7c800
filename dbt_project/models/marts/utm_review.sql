-- The most frequent utm_campaign values without a matched campaign, each with the campaign with the most similar name,
-- for manual review.

with

unmatched_touches as (

    select
        *,
        {{ normalized("replace(utm_campaign, '+', ' ')") }} as value,
        coalesce(told_platform, 'unknown') as platform_hint
    from {{ ref('touches') }}
    where
        unmatched_reason in ('ambiguous_name', 'unknown_campaign', 'damaged_id', 'macro_unexpanded')
        and utm_campaign is not null

),

unmatched as (

    select
        workspace_id,
        value,
        platform_hint as told_platform,
        unmatched_reason as reason,
        count(*) as touches,
        count(distinct order_id) as orders,
        min(event_time) as first_seen,
        max(event_time) as last_seen
    from unmatched_touches
    where value is not null
    group by workspace_id, value, platform_hint, unmatched_reason

),

frequent as (

    select *
    from (
        select
            *,
            row_number() over (
                partition by workspace_id order by touches desc, value asc, told_platform asc, reason asc
            ) as rank
        from unmatched
    ) as ranked
    where rank <= {{ var('adsync_review_limit') }}

),

names as (

    select distinct
        workspace_id,
        platform,
        campaign_id,
        key as name
    from {{ ref('int_campaigns__match_keys') }}
    where kind = 'name' and scope <> 'any'

),

distinct_values as (

    select distinct
        workspace_id,
        value
    from frequent

),

distinct_names as (

    select distinct
        workspace_id,
        name
    from names

),

-- Similarity: 2 * common letter pairs / letter pairs of both texts (Dice coefficient).
value_pairs as (

    select
        distinct_values.workspace_id,
        distinct_values.value,
        pairs.pair,
        count(*) over (partition by distinct_values.workspace_id, distinct_values.value) as size
    from distinct_values
    cross join lateral {{ letter_pairs('distinct_values.value') }} as pairs (pair)

),

name_pairs as (

    select
        distinct_names.workspace_id,
        distinct_names.name,
        pairs.pair,
        count(*) over (partition by distinct_names.workspace_id, distinct_names.name) as size
    from distinct_names
    cross join lateral {{ letter_pairs('distinct_names.name') }} as pairs (pair)

),

similarities as (

    select
        value_pairs.workspace_id,
        value_pairs.value,
        name_pairs.name,
        {{ ratio('2 * count(*)', 'min(value_pairs.size) + min(name_pairs.size)') }} as likeness
    from value_pairs
    inner join name_pairs
        on value_pairs.workspace_id = name_pairs.workspace_id and value_pairs.pair = name_pairs.pair
    group by value_pairs.workspace_id, value_pairs.value, name_pairs.name

),

-- Names of the platform that the link points to come first.
reviewed as (

    select
        frequent.workspace_id,
        frequent.value,
        frequent.told_platform,
        frequent.reason,
        frequent.touches,
        frequent.orders,
        frequent.first_seen,
        frequent.last_seen,
        nearest.platform as nearest_platform,
        nearest.campaign_id as nearest_campaign_id,
        nearest.name as nearest_name,
        nearest.likeness
    from frequent
    left join lateral (
        select
            names.platform,
            names.campaign_id,
            names.name,
            similarities.likeness
        from similarities
        inner join names on similarities.workspace_id = names.workspace_id and similarities.name = names.name
        where similarities.workspace_id = frequent.workspace_id and similarities.value = frequent.value
        order by
            similarities.likeness desc, names.platform = frequent.told_platform desc,
            names.platform asc, names.campaign_id asc
        limit 1
    ) as nearest on true

)

select * from reviewed
