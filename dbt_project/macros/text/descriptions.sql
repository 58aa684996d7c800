-- The text of a reason code, from the project's variables; an unknown code stays as it is.
{% macro describe_reason(reason) -%}
    {{ describe_code(reason, dict(var('adsync_reasons'), **var('adsync_rejections'))) }}
{%- endmacro %}


-- The text of a match rule, from the project's variables; an unknown rule stays as it is.
{% macro describe_match_rule(rule) -%}
    {{ describe_code(rule, var('adsync_match_rules')) }}
{%- endmacro %}


{% macro describe_code(code, texts) -%}
    case {{ code }}
        {%- for name, (label, text) in texts.items() %} when '{{ name }}' then '{{ text }}'{% endfor %}
        else {{ code }}
    end
{%- endmacro %}


-- A number of seconds in the largest unit that it fills.
{% macro format_duration(seconds) -%}
    case
        when {{ seconds }} >= 172800 then floor({{ seconds }} / 86400) || ' days'
        when {{ seconds }} >= 7200 then floor({{ seconds }} / 3600) || ' hours'
        when {{ seconds }} >= 120 then floor({{ seconds }} / 60) || ' minutes'
        else floor({{ seconds }}) || ' seconds'
    end
{%- endmacro %}


-- The usual cause when two values of one ratio differ by this factor.
{% macro likely_cause(theirs, ours) -%}
    {%- set apart = 'greatest(' ~ theirs ~ ', ' ~ ours ~ ') / nullif(least(' ~ theirs ~ ', ' ~ ours ~ '), 0)' -%}
    case
        when {{ apart }} between 98 and 102 then 'percent on one side and a fraction on the other'
        when {{ apart }} between 980 and 1020 then 'a cost per unit on one side and per thousand on the other'
        when {{ apart }} between 980000 and 1020000 then 'micros on one side'
        else 'another kind of click or purchase, or a purchase counted again under an alias'
    end
{%- endmacro %}
