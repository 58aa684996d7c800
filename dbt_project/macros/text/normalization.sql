-- The form in which campaign names and UTM values are compared; the same on both sides.
{% macro normalized(text) -%}
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


-- A name as whole words, whatever separates them, with the leading parts of a host name gone.
{% macro as_words(text) -%}
    trim(regexp_replace(
        regexp_replace({{ normalized(text) }}, '^(https?:)?\s*((www|l|lm|m)\.)?', ''), '[\s.,]+', ' ', 'g'
    ))
{%- endmacro %}


-- Names whose writer left the separators out, or wrote one letter for another that looks or sounds the same.
{% macro fuzzy_key(key) -%}
    nullif(translate({{ key }}, 'أإآٱىة +.,', 'اااايه'), '')
{%- endmacro %}


-- The pairs of neighbouring letters of a text, as rows; its ends count as letters.
{% macro letter_pairs(text) -%}
    (
        select distinct substr(' ' || {{ text }} || ' ', n, 2)
        from generate_series(1, least(length({{ text }}) + 1, 100)) as places (n)
    )
{%- endmacro %}
