-- One round of percent-decoding. Text that would not be valid UTF-8 is returned unchanged.
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


-- A pattern for valid UTF-8 as hex digits, without NUL, which PostgreSQL's text cannot hold.
{% macro utf8_in_hex() -%}
    {%- set tail = '[89ab][0-9a-f]' -%}
    {%- set characters = [
        '0[1-9a-f]', '[1-7][0-9a-f]', 'c[2-9a-f]' ~ tail, 'd[0-9a-f]' ~ tail, 'e0[ab][0-9a-f]' ~ tail,
        'e[1-9a-cef](' ~ tail ~ '){2}', 'ed[89][0-9a-f]' ~ tail, 'f0[9ab][0-9a-f](' ~ tail ~ '){2}',
        'f[1-3](' ~ tail ~ '){3}', 'f48[0-9a-f](' ~ tail ~ '){2}',
    ] -%}
    (?i)^({{ characters | join('|') }})*$
{%- endmacro %}


-- The value of the first query parameter of a URL whose name matches a pattern, not decoded.
{% macro query_parameter(url, key) -%}
    nullif(substring({{ url }} from '(?i)[?&]{{ key }}=([^&#?]*)'), '')
{%- endmacro %}


-- A UTM parameter: from the store's parsed parameters where they exist, else from the URL.
{% macro utm_parameter(parameters, url, name) -%}
    case
        when {{ parameters }} is null then {{ query_parameter(url, 'utm_' ~ name) }}
        else nullif({{ parameters }} ->> '{{ name }}', '')
    end
{%- endmacro %}


-- The host of a URL, in lower case.
{% macro url_host(url) -%}
    lower(substring({{ url }} from '://(?:[^/?#]*@)?([^/?#:]+)'))
{%- endmacro %}


-- The words of the referrer's host; null for the shop's own host. A click log may hold the host without scheme.
{% macro referrer_words(referrer, landing_host) -%}
    translate(nullif(
        lower(substring({{ referrer }} from '^(?:[^/?#]*://)?(?:[^/?#]*@)?([^/?#:]+)')), {{ landing_host }}
    ), '.-_', '   ')
{%- endmacro %}


-- A key and value as part of a query string; only the characters that would end the value are encoded.
{% macro as_query_parameter(key, value) -%}
    {{ key }} || '=' || replace(replace({{ value }}, '&', '%26'), '#', '%23')
{%- endmacro %}


-- The name of the click id in a URL. Ids of paid clicks come first; organic links carry fbclid too.
{% macro click_id_type(url) -%}
    lower(coalesce(
        substring({{ url }} from '(?i)[?&](ttclid|sccid|gclid|gbraid|wbraid)=[^&#]'),
        substring({{ url }} from '(?i)[?&](fbclid)=[^&#]')
    ))
{%- endmacro %}
