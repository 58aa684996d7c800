-- The value of the first query key of a URL that matches a pattern, as it stands there: not decoded.
{% macro query_value(url, key) -%}
    nullif(substring({{ url }} from '(?i)[?&]{{ key }}=([^&#?]*)'), '')
{%- endmacro %}


-- One UTM parameter: from the store's own reading of the URL where it has one, else from the URL.
{% macro utm_parameter(parameters, url, name) -%}
    case
        when {{ parameters }} is null then {{ query_value(url, 'utm_' ~ name) }}
        else nullif({{ parameters }} ->> '{{ name }}', '')
    end
{%- endmacro %}


{% macro host(url) -%}
    lower(substring({{ url }} from '://(?:[^/?#]*@)?([^/?#:]+)'))
{%- endmacro %}


-- The host that a visit was referred by, as words; a click log keeps the host alone, and a shop's own pages refer nobody.
{% macro referring_words(referrer, landing_host) -%}
    translate(nullif(
        lower(substring({{ referrer }} from '^(?:[^/?#]*://)?(?:[^/?#]*@)?([^/?#:]+)')), {{ landing_host }}
    ), '.-_', '   ')
{%- endmacro %}


-- One key and its value as part of a query string; only what would end the value is encoded.
{% macro as_query(key, value) -%}
    {{ key }} || '=' || replace(replace({{ value }}, '&', '%26'), '#', '%23')
{%- endmacro %}


-- Organic links carry Facebook's too, beside the one of the click that was paid for.
{% macro click_id_type(url) -%}
    lower(coalesce(
        substring({{ url }} from '(?i)[?&](ttclid|sccid|gclid|gbraid|wbraid)=[^&#]'),
        substring({{ url }} from '(?i)[?&](fbclid)=[^&#]')
    ))
{%- endmacro %}
