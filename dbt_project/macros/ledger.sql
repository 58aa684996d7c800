-- What was known of a campaign's day (`day`: a row of campaign_metrics) when it was as old as the judged day is: nothing
-- if nobody had read the account between the day's end and then, for half a day would stand for the whole.
{% macro known_when_aged(day, judged) -%}
    {%- set ended = day_end(day ~ '.date', judged ~ '.timezone') -%}
    select version.campaign_id, version.impressions, version.clicks, version.spend,
        {{ purchase('version.purchase_counts', judged ~ '.purchase_action') }} as conversions,
        {{ purchase('version.purchase_values', judged ~ '.purchase_action') }} as revenue
    from {{ ref('int_metric_versions') }} as version
    where (version.platform, version.account_id, version.date, version.campaign_id)
        = ({{ day }}.platform, {{ day }}.account_id, {{ day }}.date, {{ day }}.campaign_id)
        and version.observed_at <= {{ ended }} + {{ judged }}.age
        and (version.observed_at >= {{ ended }}
            or {{ was_read_between(day, ended, ended ~ ' + ' ~ judged ~ '.age') }})
    order by version.observed_at desc, version.updated_at desc limit 1
{%- endmacro %}


-- The account has something in the ledger, of this day or the next, from between two moments.
{% macro was_read_between(day, since, until) -%}
    exists (
        select 1 from {{ ref('int_metric_versions') }} as reading
        where (reading.platform, reading.account_id) = ({{ day }}.platform, {{ day }}.account_id)
            and reading.date between {{ day }}.date and {{ day }}.date + 1
            and reading.observed_at between {{ since }} and {{ until }}
    )
{%- endmacro %}
