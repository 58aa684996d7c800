-- A unit (an account's day, an order) that has lost its last row arrives as one row without `updated_at`:
-- `delete+insert` then empties the unit, and the model's post-hook deletes the row itself. A full refresh needs no such
-- rows.
{% macro keep_emptied_units() -%}
    {{ 'true' if is_incremental() else 'updated_at is not null' }}
{%- endmacro %}
