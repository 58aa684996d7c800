-- The form in which names, UTM values and tokens are compared, the same on both sides: words in small letters of any
-- script, with one space between them.
{% macro normalized(text) -%}
    (
        select nullif(trim(regexp_replace({{ folded('plain') }}, '{{ separators() }}', ' ', 'g')), '')
        from {{ computed_once(html_unescaped(text), 'plain') }}
    )
{%- endmacro %}


-- A table of one row and column, which the planner does not replace by its expression.
{% macro computed_once(expression, name) -%}
    (
        select given.{{ name }} from (values ({{ expression }})) as given ({{ name }})
        offset 0  -- noqa: AM09
    ) as computed
{%- endmacro %}


-- Text without case, width and invisible characters. Most texts are ASCII, where lower() does it all.
{% macro folded(text) -%}
    {%- set lowered = 'lower(' ~ text ~ ' collate ' ~ case_collation() ~ ')' -%}
    (case
        when octet_length({{ text }}) = length({{ text }}) then {{ lowered }}
        else regexp_replace(
            translate(
                replace(lower(normalize({{ lowered }}, nfkc)), 'ß', 'ss'), {{ one_of_several_forms() | join(', ') }}
            ), '{{ invisible_marks() }}', '', 'g'
        )
    end collate "default")
{%- endmacro %}


-- Text in lower case, whatever the database's own collation.
{% macro in_lower_case(text) -%}
    (lower({{ text }} collate {{ case_collation() }}) collate "default")
{%- endmacro %}


-- Letters whose small forms differ although their capitals do not (Greek capitals have no accents, Turkish names are
-- typed with either i), and the digits of Arabic and Persian; with what they become.
{% macro one_of_several_forms() -%}
    {{ return(["'ςάέήίόύώϊϋΐΰıᲀᲁᲂᲃᲄᲅᲆᲇᲈ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹'", "'σαεηιουωιυιυiвдосттъѣꙋ01234567890123456789'"]) }}
{%- endmacro %}


-- A collation by which lower() knows the letters of all scripts: the database's own may know those of ASCII only, and
-- decoded text has the collation "C". PostgreSQL 17 and later always have the first one, most servers the second.
{% macro case_collation() -%}
    {%- if not execute %}{{ return('"pg_c_utf8"') }}{% endif -%}
    {%- set found = run_query("select quote_ident(collname) from pg_catalog.pg_collation
        where collname in ('pg_c_utf8', 'und-x-icu') order by collname limit 1") -%}
    {{ return(found.rows[0][0] if found.rows else '"default"') }}
{%- endmacro %}


-- A character class: white space and control characters, dashes, and what separates words in names.
{% macro separators() -%}
    [\u0001-\u0020_|/\u007f-\u00a0\u1680\u2000-\u200a\u2010-\u2015\u2028\u2029\u2043\u2212\u2e3a\u2e3b-]+
{%- endmacro %}


-- A character class: zero-width and bidirectional marks, variation selectors, soft hyphen, fillers, tatweel, Arabic
-- vowel signs, and the dot that a capital Turkish i may leave behind.
{% macro invisible_marks() -%}
    [\u00ad\u0307\u034f\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed {#-
    #}\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb {#-
    #}\U000e0100-\U000e01ef]
{%- endmacro %}


-- Text with HTML entities decoded: named ones, then numeric ones, `&amp;` last.
{% macro html_unescaped(text) -%}
    case when strpos({{ text }}, '&') = 0 then {{ text }} else (
        select replace(string_agg(case
            when n > 1 and {{ character_number('part') }} <> 0 and {{ character_number('part') }} <= 1114111
                and {{ character_number('part') }} not between 55296 and 57343
                then chr({{ character_number('part') }}) || substr(part, strpos(part, ';') + 1)
            when n > 1 then '&#' || part
            else part
        end, '' order by n), '&amp;', '&')
        from regexp_split_to_table({{ named_entities(text) }}, '&#') with ordinality as parts (part, n)
    ) end
{%- endmacro %}


-- The code point at the start of text such as "1581;" or "x62d;".
{% macro character_number(part) -%}
    case when {{ part }} ~* '^x' then ('x' || lpad(substring({{ part }} from '(?i)^x([0-9a-f]{2,6});'), 8, '0'))::bit(32)::int
        else cast(substring({{ part }} from '^([0-9]{2,7});') as integer) end
{%- endmacro %}


-- Text with the named entities decoded that shops and spreadsheets write.
{% macro named_entities(text) -%}
    replace(replace(replace(replace(replace(
        {{ text }}, '&quot;', '"'), '&apos;', ''''), '&lt;', '<'), '&gt;', '>'), '&nbsp;', ' '
    )
{%- endmacro %}


-- Normalized text as words without punctuation, without scheme and leading parts of a host name.
{% macro as_words(normal) -%}
    trim(regexp_replace(
        regexp_replace({{ normal }}, '^(https?:)?\s*((www|l|lm|m)\.)?', ''), '[\s.,]+', ' ', 'g'
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
