"""The Ads page: a FastAPI application over Redis and the marts. Access control is passed in, so it imports no Airflow.

Routes below the mount point. All of them require access, unknown paths included:

    GET  /                                        the page
    GET  /static/..., /library/...                its files; `library` exists after `make charts`
    GET  /api/<view>?workspace=&period=&...       all data of one view
    POST /api/alerts/<alert_id>/acknowledge       same origin only

Views: overview, campaigns, campaign (`campaign=platform:id`), reconciliation, alerts, health, orders (`q=`).
The default `workspace` is the first one by name; `period` is today, 7_days, 30_days (default) or 90_days. The view
campaigns also takes `q=` (part of a name or id), `platform=`, `status=`, `sort=` (a column of its rows, after a minus
for descending; default -spend) and `page=` (from 1).

A response is one JSON object:

    view, period      as requested
    workspace         {id, name, currency, timezone}; null without workspaces
    workspaces        [{id, name}]
    periods           {period: {first_day, last_day, complete}}, days of the workspace's time zone; empty before the
                      first transform. `complete`: every active account was synced for all days, today included
    meta              metadata of the dashboard cache (as_of, complete, provisional_from, stale_accounts), `complete` of
                      the longest period; null if the cache has expired
    charts            whether the chart library is installed
    missing           marts that do not exist yet
    read_at           time of the warehouse queries
    data              data of the view, described in its module

Amounts are numbers in the workspace's currency, ratios are computed in SQL, undefined values are null, days are
`2026-11-22`. Errors are `{"error": "one sentence"}` with 400, 401, 403, 404 or 503.
"""
