-- A remainder of nothing; where it is unknown there is nothing to say.
{% test always_zero(model, column_name) %}
    select *
    from {{ model }}
    where {{ column_name }} <> 0
{% endtest %}
