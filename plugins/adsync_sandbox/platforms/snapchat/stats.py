"""Snapchat's stats: of an account, optionally by campaign, and of one campaign (sheet, sections 3a and 3b).

The link to the next page is inside the stat object. Every campaign with delivery is present, deleted or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.ads.delivery import Delivery
from adsync_sandbox.generator.days import ONE_DAY, each_day
from adsync_sandbox.platforms.snapchat.api import Call, authorize, items, succeeded
from adsync_sandbox.platforms.snapchat.query import Query, read
from adsync_sandbox.platforms.snapchat.reports import submitted
from adsync_sandbox.platforms.snapchat.rows import days, finality, midnight, nothing, stats

NAMES = {"DAY": "timeseries_stat", "TOTAL": "total_stat", "LIFETIME": "lifetime_stat"}


async def account_stats(request: Request) -> Response:
    call = await authorize(request)
    account = call.account()
    query = read(call, account)
    rows = [row for row in call.world.deliveries(account.id) if query.since <= row.date < query.until]
    if call.params.get("async") == "true":
        return submitted(call, account, query, rows)
    stat = _head(call, query, account, account.id, "AD_ACCOUNT")
    if query.by_campaign:
        return _answered(query, {**stat, **_by_campaign(call, query, account, rows)})
    return _answered(query, {**stat, **_measured(call, query, account, rows)})


async def campaign_stats(request: Request) -> Response:
    call = await authorize(request)
    campaign = call.campaign()
    account = campaign.account
    query = read(call, account, of_account=False)
    ours = [
        row
        for row in call.world.deliveries(account.id)
        if row.campaign == campaign and query.since <= row.date < query.until
    ]
    stat = _head(call, query, account, campaign.id, "CAMPAIGN")
    return _answered(query, {**stat, **_measured(call, query, account, ours)})


def _answered(query: Query, stat: dict[str, object]) -> Response:
    name = NAMES[query.granularity]
    return succeeded("success", **items(f"{name}s", name, [stat]))


def _head(call: Call, query: Query, account: AdAccount, entity_id: str, kind: str) -> dict[str, object]:
    head = {
        "id": entity_id,
        "type": kind,
        "granularity": query.granularity,
        "swipe_up_attribution_window": query.swipe_window,
        "view_attribution_window": query.view_window,
        **finality(call.world.now, account.timezone),
    }
    return {**head, **_times(query, account)}


def _times(query: Query, account: AdAccount) -> dict[str, str]:
    if query.until == date.max:
        return {}
    return {
        "start_time": midnight(query.since, account.timezone),
        "end_time": midnight(query.until, account.timezone),
    }


def _measured(call: Call, query: Query, account: AdAccount, rows: list[Delivery]) -> dict[str, object]:
    if query.granularity != "DAY":
        return {"stats": stats(rows, query.fields)}
    return {"timeseries": _timeseries(call, query, account, rows)}


def _timeseries(call: Call, query: Query, account: AdAccount, rows: Iterable[Delivery]) -> list[dict[str, object]]:
    by_day: dict[date, list[Delivery]] = defaultdict(list)
    for row in rows:
        by_day[row.date].append(row)
    last = min(query.until - ONE_DAY, call.world.today(account.timezone))
    return days(by_day, each_day(query.since, last), account.timezone, query.fields, query.omit_empty)


def _by_campaign(call: Call, query: Query, account: AdAccount, rows: list[Delivery]) -> dict[str, object]:
    by_campaign: dict[Campaign, list[Delivery]] = defaultdict(list)
    for row in rows:
        by_campaign[row.campaign].append(row)
    found = sorted(by_campaign, key=lambda campaign: campaign.id)
    start = call.start()
    end = start + call.request.app.state.stats_page
    silent = _silent(call, account)
    parts = [_part(call, query, account, one, by_campaign[one], silent) for one in found[start:end]]
    paging = {"paging": call.next_link(end)} if end < len(found) else {}
    return {"breakdown_stats": {"campaign": parts}, **paging}


def _silent(call: Call, account: AdAccount) -> bool:
    """Returns whether the account has more campaigns than a breakdown supports, which the response does not tell."""
    most = call.request.app.state.most_in_breakdown
    return most is not None and len(call.world.campaigns(account.id)) > most


def _part(
    call: Call, query: Query, account: AdAccount, campaign: Campaign, rows: list[Delivery], silent: bool
) -> dict[str, object]:
    head = {"id": campaign.id, "type": "CAMPAIGN", "granularity": query.granularity}
    if query.granularity != "DAY":
        return {**head, "stats": {} if silent else stats(rows, query.fields) or nothing(query.fields)}
    series = _timeseries(call, query, account, rows)
    return {**head, "timeseries": [{**day, "stats": {}} for day in series] if silent else series}
