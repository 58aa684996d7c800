-- The rows of the platforms add up to the row 'all', and both equal the sum over campaigns. Days with unknown amounts
-- are not compared. Reads all of history.
{% test adds_up(model, column_name, campaigns, amount) %}
    {{ config(tags='nightly') }}
    with below as (
        select workspace_id, date, sum({{ amount }}) as amount
        from {{ campaigns }}
        group by workspace_id, date
        having count(*) = count({{ amount }})
    ),

    here as (
        select
            workspace_id,
            date,
            sum({{ column_name }}) filter (where platform = 'all') as total,
            sum({{ column_name }}) filter (where platform <> 'all') as parts
        from {{ model }}
        group by workspace_id, date
    )

    select workspace_id, date, below.amount as expected, here.total, here.parts
    from below left join here using (workspace_id, date)
    where below.amount is distinct from here.total or below.amount is distinct from here.parts
{% endtest %}
