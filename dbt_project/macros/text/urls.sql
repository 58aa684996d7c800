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
    ) else {{ text }} end collate "default"
{%- endmacro %}


-- Two rounds of percent-decoding: some links are encoded twice, and some names are pasted from links.
{% macro percent_decoded_twice(text) -%}
    case when strpos({{ text }}, '%') = 0 then {{ text }} else (
        select {{ percent_decoded('once') }}
        from {{ computed_once(percent_decoded(text), 'once') }}
    ) end
{%- endmacro %}


-- Decoded text that an index can hold.
{% macro decoded_label(text) -%}
    {{ as_label(percent_decoded_twice(text)) }}
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


-- The parameters of a URL, as one row to be joined laterally: `query` is the text with "&" before each name, `names` the
-- same in lower case. A second "?" and "#" separate like "&". The macros below read these two columns: split_part takes
-- a fifth of the time of a regular expression per parameter. The fences (offset 0) keep the planner from repeating all
-- this in every use.
{% macro query_string(url) -%}
    select
        separated.query,
        -- Collation "C" changes ASCII letters only, so positions in both texts are the same.
        lower(separated.query collate "C") as names
    from (
        select '&' || replace(replace(links.url, '?', '&'), '#', '&') as query
        from (values ({{ url }})) as links (url)
        offset 0  -- noqa: AM09
    ) as separated
    offset 0  -- noqa: AM09
{%- endmacro %}


-- The first value of a parameter, not decoded; null for an empty value.
{% macro query_parameter(name) -%}
    nullif(split_part(substr(query, nullif(strpos(names, '&{{ name }}='), 0) + {{ name | length + 2 }}), '&', 1), '')
{%- endmacro %}


-- The first value of a parameter that names a campaign id, such as campaign_id, hsa_campaign_id or campaignid.
{% macro campaign_id_parameter() -%}
    case
        when names like '%campaign%id=%'
            then nullif(substring(query from '(?i)&(?:[a-z]+_)?campaign_?id=([^&]*)'), '')
    end
{%- endmacro %}


-- The first value of a parameter that names the id of an ad or ad set.
{% macro child_id_parameter() -%}
    case
        when names like '%&ad%id=%'
            then nullif(substring(query from '(?i)&(?:ad|ad_?set|ad_?group|ad_?squad)_?id=([^&]*)'), '')
    end
{%- endmacro %}


-- A UTM parameter: the store's parsed one, else that of the URL.
{% macro utm_parameter(parameters, name) -%}
    coalesce(nullif({{ parameters }} ->> '{{ name }}', ''), {{ query_parameter('utm_' ~ name) }})
{%- endmacro %}


-- The host of a URL, in lower case.
{% macro url_host(url) -%}
    {{ in_lower_case("nullif(" ~ host_part("split_part(" ~ url ~ ", '://', 2)") ~ ", '')") }}
{%- endmacro %}


-- The words of the referrer's host; null for the shop's own host. A click log may hold the host without scheme.
{% macro referrer_words(referrer, landing_host) -%}
    translate(nullif(nullif(
        {{ in_lower_case(host_part("regexp_replace(" ~ referrer ~ ", '^[^/?#]*://', '')")) }}, ''
    ), {{ landing_host }}), '.-_', '   ')
{%- endmacro %}


-- The host at the start of a URL without scheme: neither user nor port, path, parameters or fragment.
{% macro host_part(text) -%}
    split_part(split_part(split_part(split_part(split_part({{ text }}, '/', 1), '?', 1), '#', 1), '@', -1), ':', 1)
{%- endmacro %}


-- A key and value as part of a query string; only the characters that would end the value are encoded.
{% macro as_query_parameter(key, value) -%}
    {{ key }} || '=' || replace(replace({{ value }}, '&', '%26'), '#', '%23')
{%- endmacro %}


-- The name of the click id among the parameters. Ids of paid clicks come first; organic links carry fbclid too.
{% macro click_id_type() -%}
    case
        when names like '%c%id=%' or names like '%braid=%'
            then coalesce(
                substring(names from '&(ttclid|sccid|gclid|gbraid|wbraid)=[^&]'), substring(names from '&(fbclid)=[^&]')
            )
    end
{%- endmacro %}
