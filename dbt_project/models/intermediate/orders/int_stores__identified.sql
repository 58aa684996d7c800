-- Stores by their identity at the platform. Several links of a workspace to one store (a corrected or renamed
-- `store_id`) have the same orders: one of them counts, an active one first.

with

identities as (

    {{ union_sources('stores', 'stores', ['account_id', 'own_id']) }}

),

identified as (

    select
        accounts.workspace_id,
        accounts.platform,
        accounts.account_id,
        accounts.is_active,
        first_value(accounts.account_id) over (
            partition by accounts.workspace_id, accounts.platform, identities.own_id
            order by accounts.is_active desc, accounts.account_id asc
        ) as counted_as
    from {{ ref('stg_adsync__accounts') }} as accounts
    inner join identities
        on accounts.platform = identities.platform and accounts.account_id = identities.account_id
    where identities.own_id is not null

)

select * from identified
