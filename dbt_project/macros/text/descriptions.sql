-- What a reason means, for a person who has never read these models.
{% macro describe_reason(reason) -%}
    {%- set words = {
        'not_revenue': 'the order is no revenue: unpaid, cancelled or a test',
        'no_touch': 'no visit or click before it is known',
        'platform_does_not_expose': 'its store does not tell where orders come from',
        'no_utm': 'the link carries no campaign', 'direct': 'the visit came directly, by no link',
        'macro_unexpanded': 'the link still holds a macro that the ad platform should have filled in',
        'damaged_id': 'the id in the link went through a spreadsheet or a rounded number',
        'unknown_campaign': 'no campaign of this workspace is or was called that when the link was followed',
        'ambiguous_name': 'several campaigns bear that name, and not exactly one of them spent that day',
        'platform_only': 'the visit tells a platform, but no campaign', 'touch_after_order': 'it came after the order',
        'outside_window': 'it is older than the attribution window',
        'earlier_touch': 'a later touch with a campaign won', 'no_known_time': 'a touch whose time is known won',
    } -%}
    case {{ reason }}{% for code in words %} when '{{ code }}' then '{{ words[code] }}'{% endfor %} else {{ reason }} end
{%- endmacro %}


{% macro describe_match_rule(rule) -%}
    {%- set words = {
        'override': 'a person has decided so in utm_overrides.csv', 'utm_id': 'its id stands in utm_id',
        'utm_campaign_id': 'its id stands in utm_campaign', 'campaign_id_param': 'its id stands in a campaign_id parameter',
        'child_id': 'the id of one of its ad sets or ads stands in the link',
        'embedded_id': 'its id stands inside another value of the link',
        'embedded_child_id': 'the id of one of its ad sets or ads stands inside a longer value of the link',
        'name_in_platform': 'its name stands in utm_campaign, and the link tells its platform',
        'name_unique': 'its name stands in utm_campaign, and no other campaign bears it',
        'name_loosely': 'its name stands in utm_campaign, but for separators and look-alike letters',
        'name_with_spend': 'of the campaigns that bear the name in utm_campaign, only it spent that day',
    } -%}
    case {{ rule }}{% for code in words %} when '{{ code }}' then '{{ words[code] }}'{% endfor %} else {{ rule }} end
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
        when {{ apart }} between 980 and 1020 then 'a cost of one on one side and of a thousand on the other'
        when {{ apart }} between 980000 and 1020000 then 'micros on one side'
        else 'another kind of click or purchase, or one counted again under an alias'
    end
{%- endmacro %}
