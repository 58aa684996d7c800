-- The form in which campaign names and UTM values are compared, the same on both sides.
{% macro normalized(text) -%}
    nullif(trim(regexp_replace(lower(translate(
        regexp_replace(normalize({{ html_unescaped(text) }}, nfkc), '{{ invisible_marks() }}', '', 'g'),
        '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789'
    )), '[\s_|/\u2010-\u2015\u2212-]+', ' ', 'g')), '')
{%- endmacro %}


-- A character class: zero-width and bidirectional marks, soft hyphen, tatweel, Arabic vowel signs.
{% macro invisible_marks() -%}
    [\u00ad\u0640\u061c\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]
{%- endmacro %}


-- Text with HTML entities decoded: named ones, then numeric ones, `&amp;` last.
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


-- The code point at the start of text such as "1581;" or "x62d;".
{% macro character_number(part) -%}
    case when {{ part }} ~* '^x' then ('x' || lpad(substring({{ part }} from '(?i)^x([0-9a-f]{2,4});'), 8, '0'))::bit(32)::int
        else cast(substring({{ part }} from '^([0-9]{2,5});') as integer) end
{%- endmacro %}


-- Text with the named entities decoded that shops and spreadsheets write.
{% macro named_entities(text) -%}
    replace(replace(replace(replace(replace(
        {{ text }}, '&quot;', '"'), '&apos;', ''''), '&lt;', '<'), '&gt;', '>'), '&nbsp;', ' '
    )
{%- endmacro %}


-- Text as lower-case words separated by spaces, without scheme and leading parts of a host name.
{% macro as_words(text) -%}
    trim(regexp_replace(
        regexp_replace({{ normalized(text) }}, '^(https?:)?\s*((www|l|lm|m)\.)?', ''), '[\s.,]+', ' ', 'g'
    ))
{%- endmacro %}


-- A key without separators and with look-alike Arabic letters unified.
{% macro fuzzy_key(key) -%}
    nullif(translate({{ key }}, 'أإآٱىة +.,', 'اااايه'), '')
{%- endmacro %}


-- The distinct pairs of adjacent letters of a text, as rows; the ends count as spaces.
{% macro letter_pairs(text) -%}
    (
        select distinct substr(' ' || {{ text }} || ' ', n, 2)
        from generate_series(1, least(length({{ text }}) + 1, 100)) as places (n)
    )
{%- endmacro %}
