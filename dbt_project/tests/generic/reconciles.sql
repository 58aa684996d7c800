-- The same number of rows and the same sum as upstream, by account. Upstream is a relation, or a staged entity of all
-- sources of a kind ([kind, entity]) for connected accounts. Accounts that were synced since the model was built are
-- not compared. Reads all of history.
{% test reconciles(model, amount, by, upstream=none, staged=none, upstream_amount=none, upstream_by=none) %}
    {{ config(tags='nightly') }}
    with here as (
        select {{ by | join(', ') }}, coalesce(sum({{ amount }}), 0) as amount, count(*) as number
        from {{ model }}
        group by {{ by | join(', ') }}
    ),

    there as (
        select
            {%- for column in upstream_by or by %}
            {{ column }} as {{ by[loop.index0] }},
            {%- endfor %}
            coalesce(sum({{ upstream_amount or amount }}), 0) as amount,
            count(*) as number,
            max(loaded_at) as newest
        from {{
            upstream or connected_only(staged, (upstream_by or by) + [upstream_amount or amount, 'loaded_at'])
        }} as upstream
        group by {{ (upstream_by or by) | join(', ') }}
    )

    select {{ by | join(', ') }}, here.amount, there.amount as expected, here.number, there.number as expected_number
    from here full join there using ({{ by | join(', ') }})
    where (here.amount, here.number) is distinct from (there.amount, there.number)
    {%- if staged %}
        and coalesce(there.newest <= (select max(updated_at) from {{ model }}), true)
    {%- endif %}
{% endtest %}
