-- A value is 0 or null.
{% test always_zero(model, column_name) %}
    select *
    from {{ model }}
    where {{ column_name }} <> 0
{% endtest %}
