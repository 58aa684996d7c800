-- A condition: a placeholder of a tracking template that was not filled in, such as {{ '{{campaign.id}}' }}, {campaignid},
-- [campaign_name] or, only before underscores are normalized, __CAMPAIGN_ID__.
{% macro is_placeholder(plain, normal) -%}
    coalesce({{ plain }} ~ '{{ underscored_placeholder() }}' or {{ is_bracketed(normal) }}, false)
{%- endmacro %}


-- A pattern: capitals between underscores where they are all of the text, known variables of this form anywhere.
{% macro underscored_placeholder() -%}
    ^\s*_{1,2}[A-Z]+(_[A-Z]+)*_{1,2}\s*$|^\s*__([a-z]+_)?(campaign|aid|cid)(_[a-z]+)?__\s*$|
    {{- '__(CAMPAIGN_(ID|NAME)|[AC]ID(_NAME)?|PLACEMENT)__' -}}
{%- endmacro %}


-- A condition: normalized text has a variable in braces, or is a variable of an ad platform in any other brackets.
{% macro is_bracketed(normal) -%}
    {%- set variable = 'campaign|creative|keyword|placement|utm |ad ?(set|group|squad|id|name)|ad[.](id|name)' -%}
    {%- set patterns = [
        '\\{\\{|\\}\\}', '\\{[a-z][a-z0-9 .:]*\\}', '^\\{[^{}]*\\}$', '\\{(' ~ variable ~ ')',
        '^[[(<%$*~#@]+[a-z0-9. ]*(' ~ variable ~ ')[a-z0-9. ]*[])>%$*~#@!]+$',
    ] -%}
    {{ normal }} ~ '{{ patterns | join("|") }}'
{%- endmacro %}


-- A condition: an id that a spreadsheet or floating-point conversion rounded.
{% macro is_damaged_id(text) -%}
    coalesce({{ text }} ~* '^\s*[0-9]([.,][0-9]+)?e\+?[0-9]+\s*$' or {{ text }} ~ '^\s*[0-9]{13,17}000\s*$', false)
{%- endmacro %}


-- A condition: normalized text that marks a direct visit.
{% macro is_direct(normal) -%}
    coalesce({{ normal }} in ('(direct)', 'direct', '(none)', '(not set)', 'unknown', 'store'), false)
{%- endmacro %}


-- All forms of a decoded and of the same normalized UTM value that matching uses. `key` is what it is matched by; null
-- for placeholders and markers of direct visits.
{% macro parsed_forms(plain, normal) -%}
    {{ as_words(normal) }} as words,
    case when not {{ is_placeholder(plain, normal) }} and not {{ is_direct(normal) }} then {{ normal }} end as key,
    {{ is_damaged_id(plain) }} as is_damaged,
    {{ is_placeholder(plain, normal) }} as is_placeholder,
    {{ is_direct(normal) }} as is_direct
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
