-- A condition: a placeholder of a tracking template that was not filled in, such as {{ '{{campaign.id}}' }} or
-- __CAMPAIGN_ID__.
{% macro is_placeholder(text) -%}
    coalesce({{ text }} ~ '\{\{|\}\}' or {{ text }} ~ '^\s*_{1,2}[A-Z]+(_[A-Z]+)*_{1,2}\s*$', false)
{%- endmacro %}


-- A condition: an id that a spreadsheet or floating-point conversion rounded.
{% macro is_damaged_id(text) -%}
    coalesce({{ text }} ~* '^\s*[0-9]([.,][0-9]+)?e\+?[0-9]+\s*$' or {{ text }} ~ '^\s*[0-9]{13,17}000\s*$', false)
{%- endmacro %}


-- A condition: a marker of a direct visit.
{% macro is_direct(text) -%}
    coalesce(lower(trim({{ text }})) in ('(direct)', 'direct', '(none)', '(not set)', 'unknown', 'store'), false)
{%- endmacro %}


-- The key that a UTM value is matched by; null for placeholders and markers of direct visits.
{% macro lookup_key(text) -%}
    case when not {{ is_placeholder(text) }} and not {{ is_direct(text) }} then {{ normalized(text) }} end
{%- endmacro %}


-- All forms of a decoded UTM value that matching uses.
{% macro parsed_forms(text) -%}
    {{ normalized(text) }} as normal,
    {{ as_words(text) }} as words,
    {{ lookup_key(text) }} as key,
    {{ is_damaged_id(text) }} as is_damaged,
    {{ is_placeholder(text) }} as is_placeholder,
    {{ is_direct(text) }} as is_direct
{%- endmacro %}


-- Ad platforms' ids within a key, separated by "|"; null when there is none. An id that is the whole key starts with "=".
{% macro extract_ids(text) -%}
    (
        select string_agg(case when found[1] = {{ text }} then '=' else '' end || found[1], '|' order by n)
        from regexp_matches(
            {{ text }}, '[0-9a-f]{8} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{12}|[0-9]{12,}', 'g'
        ) with ordinality as ids (found, n)
    )
{%- endmacro %}


-- The kind of utm_medium: paid, organic or unknown.
{% macro medium_kind(text) -%}
    case replace({{ normalized(text) }}, ' ', '')
        {%- for medium in ['cpc', 'ppc', 'paid', 'paidsocial', 'socialpaid', 'ads', 'cpm', 'cpv'] %}
        when '{{ medium }}' then 'paid'
        {%- endfor %}
        {%- for medium in ['social', 'organic', 'referral', 'bio', 'story'] %}
        when '{{ medium }}' then 'organic'
        {%- endfor %}
        else 'unknown'
    end
{%- endmacro %}
