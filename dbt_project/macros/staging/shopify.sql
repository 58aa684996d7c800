-- A condition: one of the visits of a journey names a campaign, in its parsed parameters or in its landing page.
{% macro shopify_visit_names_campaign(journey) -%}
    {%- set parameters = '[?&#](utm_(campaign|id)|([a-z]+_)?campaign_?id)=[^&#?]' -%}
    coalesce(
        jsonb_path_exists({{ journey }}, '$.**.utmParameters.campaign ? (@ like_regex ".")')
        or jsonb_path_exists({{ journey }}, '$.**.landingPage ? (@ like_regex "{{ parameters }}" flag "i")'), false
    )
{%- endmacro %}
