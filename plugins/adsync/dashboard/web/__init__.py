"""The Ads page: a small web application over Redis and the marts. It knows no Airflow: the login comes in by argument.

Routes, below wherever it is mounted; every one asks the login first, the ones that do not exist too:

    GET  /                                        the page
    GET  /static/..., /library/...                its files; `library` is there once `make charts` has taken it
    GET  /api/<view>?workspace=&period=&...       all that one view draws, in one answer
    POST /api/alerts/<alert_id>/acknowledge       from our own page only

Views: overview, campaigns, campaign (`campaign=platform:id`), reconciliation, alerts, health, orders (`q=`).
Without `workspace` the first one by name is meant; `period` is today, 7_days, 30_days (default) or 90_days.

An answer is one JSON object:

    view, period      as asked
    workspace         {id, name, currency, timezone}, null when none is connected
    workspaces        [{id, name}], for the picker
    periods           {period: {first_day, last_day, complete}}, days of the workspace's zone; empty before the first
                      transform. `complete`: every active account was read for all of it, its own today included
    meta              what the dashboard cache says of its figures (as_of, complete, provisional_from, stale_accounts),
                      `complete` of the longest period; null when it says nothing, which is news: it lives an hour
    charts            whether the chart library is installed
    missing           marts that do not exist yet
    read_at           when the warehouse was asked
    data              the view's own; its module says what

Amounts are numbers in the workspace's currency, ratios are computed in SQL, the undefined is null, days are
`2026-11-22`. Errors are `{"error": "one sentence"}` with 400, 401, 403, 404 or 503.
"""
