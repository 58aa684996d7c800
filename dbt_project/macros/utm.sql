-- One round of percent-decoding. What is not valid UTF-8 afterwards stays as it was: half a character helps nobody.
{% macro percent_decoded(text) -%}
    case when {{ text }} ~ '%[0-9A-Fa-f]{2}' then (
        select case when hex ~ '{{ utf8_in_hex() }}' then convert_from(decode(hex, 'hex'), 'UTF8') else {{ text }} end
        from (
            select string_agg(case
                when n = 1 then encode(convert_to(part, 'UTF8'), 'hex')
                when part ~ '^[0-9A-Fa-f]{2}' then left(part, 2) || encode(convert_to(substr(part, 3), 'UTF8'), 'hex')
                else encode(convert_to('%' || part, 'UTF8'), 'hex')
            end, '' order by n) as hex
            from regexp_split_to_table({{ text }}, '%') with ordinality as parts (part, n)
        ) as bytes
    ) else {{ text }} end
{%- endmacro %}


-- Characters of one to four bytes, written as pairs of hex digits; no NUL, which text cannot hold.
{% macro utf8_in_hex() -%}
    {%- set tail = '[89ab][0-9a-f]' -%}
    {%- set characters = [
        '0[1-9a-f]', '[1-7][0-9a-f]', 'c[2-9a-f]' ~ tail, 'd[0-9a-f]' ~ tail, 'e0[ab][0-9a-f]' ~ tail,
        'e[1-9a-cef](' ~ tail ~ '){2}', 'ed[89][0-9a-f]' ~ tail, 'f0[9ab][0-9a-f](' ~ tail ~ '){2}',
        'f[1-3](' ~ tail ~ '){3}', 'f48[0-9a-f](' ~ tail ~ '){2}',
    ] -%}
    (?i)^({{ characters | join('|') }})*$
{%- endmacro %}


-- The form in which campaign names and UTM values are compared; the same on both sides.
{% macro normalised(text) -%}
    nullif(trim(regexp_replace(lower(translate(
        regexp_replace(normalize({{ html_unescaped(text) }}, nfkc), '{{ invisible_marks() }}', '', 'g'),
        '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789'
    )), '[\s_|/\u2010-\u2015\u2212-]+', ' ', 'g')), '')
{%- endmacro %}


-- Zero-width and bidirectional marks, soft hyphen, tatweel and Arabic vowel signs.
{% macro invisible_marks() -%}
    [\u00ad\u0640\u061c\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]
{%- endmacro %}


-- The entities that shops and spreadsheets write, then those by number; the ampersand's own comes last.
{% macro html_unescaped(text) -%}
    case when strpos({{ text }}, '&') = 0 then {{ text }} else (
        select replace(string_agg(case
            when n > 1 and ({{ character_number('part') }} between 1 and 55295)
                then chr({{ character_number('part') }}) || substr(part, strpos(part, ';') + 1)
            when n > 1 then '&#' || part
            else part
        end, '' order by n), '&amp;', '&')
        from regexp_split_to_table({{ named_entities(text) }}, '&#') with ordinality as parts (part, n)
    ) end
{%- endmacro %}


-- The number at the start of a text such as 1581; or x62d;
{% macro character_number(part) -%}
    case when {{ part }} ~* '^x' then ('x' || lpad(substring({{ part }} from '(?i)^x([0-9a-f]{2,4});'), 8, '0'))::bit(32)::int
        else cast(substring({{ part }} from '^([0-9]{2,5});') as integer) end
{%- endmacro %}


{% macro named_entities(text) -%}
    replace(replace(replace(replace(replace(
        {{ text }}, '&quot;', '"'), '&apos;', ''''), '&lt;', '<'), '&gt;', '>'), '&nbsp;', ' '
    )
{%- endmacro %}


-- A tracking template that nobody filled in: {{ '{{campaign.id}}' }}, __CAMPAIGN_ID__.
{% macro is_placeholder(text) -%}
    coalesce({{ text }} ~ '\{\{|\}\}' or {{ text }} ~ '^\s*_{1,2}[A-Z]+(_[A-Z]+)*_{1,2}\s*$', false)
{%- endmacro %}


-- An id that went through a spreadsheet or a floating point number.
{% macro is_damaged_id(text) -%}
    coalesce({{ text }} ~* '^\s*[0-9]([.,][0-9]+)?e\+?[0-9]+\s*$' or {{ text }} ~ '^\s*[0-9]{13,17}000\s*$', false)
{%- endmacro %}


{% macro is_direct(text) -%}
    coalesce(lower(trim({{ text }})) in ('(direct)', 'direct', '(none)', '(not set)', 'unknown', 'store'), false)
{%- endmacro %}


-- What a campaign can be looked up by; null for placeholders and markers of direct visits.
{% macro lookup_key(text) -%}
    case when not {{ is_placeholder(text) }} and not {{ is_direct(text) }} then {{ normalised(text) }} end
{%- endmacro %}


-- All that is asked of a decoded text.
{% macro forms_of(text) -%}
    {{ normalised(text) }} as normal,
    {{ words(text) }} as words,
    {{ lookup_key(text) }} as key,
    {{ is_damaged_id(text) }} as is_damaged,
    {{ is_placeholder(text) }} as is_placeholder,
    {{ is_direct(text) }} as is_direct
{%- endmacro %}


-- A name as whole words, whatever separates them, with the leading parts of a host name gone.
{% macro words(text) -%}
    trim(regexp_replace(
        regexp_replace({{ normalised(text) }}, '^(https?:)?\s*((www|l|lm|m)\.)?', ''), '[\s.,]+', ' ', 'g'
    ))
{%- endmacro %}


-- Names whose writer left the separators out, or wrote one letter for another that looks or sounds the same.
{% macro loosened(key) -%}
    nullif(translate({{ key }}, 'أإآٱىة +.,', 'اااايه'), '')
{%- endmacro %}


-- Ids of ad platforms that stand in keys, as a list in text; null for none. One that is a whole key begins with "=".
{% macro ids_within(keys) -%}
    {%- set joined = "concat_ws('|', " ~ keys | join(', ') ~ ")" -%}
    (
        select string_agg(
            case when strpos('|' || {{ joined }} || '|', '|' || found[1] || '|') > 0 then '=' else '' end || found[1],
            '|' order by n
        )
        from regexp_matches(
            {{ joined }}, '[0-9a-f]{8} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{12}|[0-9]{12,}', 'g'
        ) with ordinality as ids (found, n)
    )
{%- endmacro %}


{% macro medium_kind(text) -%}
    case replace({{ normalised(text) }}, ' ', '')
        {%- for medium in ['cpc', 'ppc', 'paid', 'paidsocial', 'socialpaid', 'ads', 'cpm', 'cpv'] %}
        when '{{ medium }}' then 'paid'
        {%- endfor %}
        {%- for medium in ['social', 'organic', 'referral', 'bio', 'story'] %}
        when '{{ medium }}' then 'organic'
        {%- endfor %}
        else 'unknown'
    end
{%- endmacro %}


-- The pairs of neighbouring letters of a text, as rows; its ends count as letters.
{% macro letter_pairs(text) -%}
    (
        select distinct substr(' ' || {{ text }} || ' ', n, 2)
        from generate_series(1, least(length({{ text }}) + 1, 100)) as places (n)
    )
{%- endmacro %}
