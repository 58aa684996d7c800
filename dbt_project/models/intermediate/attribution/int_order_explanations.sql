-- An explanation of each order's attribution in words.

with

decisions as (

    select
        decisions.*,
        orders.number,
        winner.age_seconds,
        winner.event_time as won_at
    from {{ ref('attribution_decisions') }} as decisions
    inner join {{ ref('orders') }} as orders
        on
            decisions.workspace_id = orders.workspace_id
            and decisions.store_platform = orders.platform
            and decisions.store_id = orders.store_id
            and decisions.order_id = orders.order_id
    left join {{ ref('int_orders__touch_paths') }} as winner
        on
            decisions.store_platform = winner.store_platform
            and decisions.store_id = winner.store_id
            and decisions.order_id = winner.order_id
            and decisions.touch_id is not null
            and winner.position = 1

),

explained as (

    select
        decisions.workspace_id,
        decisions.store_platform,
        decisions.store_id,
        decisions.order_id,
        decisions.number,
        decisions.order_date,
        decisions.outcome,
        decisions.reason,
        'Order ' || coalesce(decisions.number, decisions.order_id) || case
            when decisions.outcome = 'unattributed'
                then ' is unattributed: ' || {{ describe_reason('decisions.reason') }} || '.'
            else
                ' is attributed to the ' || decisions.platform || ' campaign "'
                || coalesce(won.name, decisions.campaign_id) || '": ' || case decisions.attribution_type
                    when 'utm_only' then 'the order itself has the link, at an unknown time'
                    else
                        'the last link with a campaign was followed ' || {{ format_duration('decisions.age_seconds') }}
                        || ' before the order'
                end || ', and ' || {{ describe_match_rule('decisions.match_rule') }} || '.'
        end as sentence,
        (
            select
                coalesce(jsonb_agg(
                    jsonb_build_object(
                        'touch', touches.touch,
                        'at', touches.at,
                        'platform', touches.platform,
                        'campaign_id', touches.campaign_id,
                        'campaign_name', (
                            -- Looked up by its key: a join would read every campaign of the workspace.
                            select campaigns.name
                            from {{ ref('campaigns') }} as campaigns
                            where
                                campaigns.workspace_id = decisions.workspace_id
                                and campaigns.platform = touches.platform
                                and campaigns.account_id = touches.account_id
                                and campaigns.campaign_id = touches.campaign_id
                        ),
                        'rule', touches.rule,
                        'verdict', touches.verdict,
                        'why', touches.words
                    )
                    order by touches.verdict = 'won' desc, touches.n asc
                ), '[]')
            from (
                select
                    decisions.touch_id as touch,
                    {{ utc_text('decisions.won_at') }} as at,
                    decisions.platform,
                    decisions.account_id,
                    decisions.campaign_id,
                    decisions.match_rule as rule,
                    'won' as verdict,
                    {{ describe_match_rule('decisions.match_rule') }} as words,
                    0 as n
                where decisions.touch_id is not null
                union all
                select
                    each.touch ->> 'touch' as touch,
                    each.touch ->> 'at' as at,
                    each.touch ->> 'platform' as platform,
                    each.touch ->> 'account_id' as account_id,
                    each.touch ->> 'campaign_id' as campaign_id,
                    each.touch ->> 'rule' as rule,
                    'rejected' as verdict,
                    {{ describe_reason("each.touch ->> 'why'") }} as words,
                    each.n
                from jsonb_array_elements(decisions.rejected) with ordinality as each (touch, n)
            ) as touches
        ) as touches,
        decisions.rejected_more
    from decisions
    left join {{ ref('campaigns') }} as won
        on
            decisions.workspace_id = won.workspace_id
            and decisions.platform = won.platform
            and decisions.account_id = won.account_id
            and decisions.campaign_id = won.campaign_id

)

select * from explained
