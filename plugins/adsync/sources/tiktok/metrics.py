"""TikTok's synchronous report: campaign metrics by day, for the whole account or for some campaigns at a time.

A request that timed out is not repeated unchanged: the third time TikTok blocks it. Fewer days help then
(`fallback_days`), and at a single day fewer campaigns. A response that is incomplete is so for every day: only fewer
campaigns make it whole.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence

from adsync.api.client import ApiClient
from adsync.errors import PermanentError, TooMuchData
from adsync.models import Account, LearnedLimits, Page
from adsync.ranges import DateRange
from adsync.sources.tiktok.api import records
from adsync.sources.tiktok.campaigns import campaigns
from adsync.sources.tiktok.errors import Incomplete
from adsync.sources.tiktok.report import query, row_of

MAX_CAMPAIGNS = 30


async def campaign_metrics(
    client: ApiClient, account: Account, date_range: DateRange, learned: LearnedLimits
) -> AsyncIterator[Page]:
    """Yield one row per campaign and day; days are the advertiser's own."""
    if not learned.reduced_request:
        try:
            async for page in _report(client, account, date_range):
                yield page
        except TooMuchData as error:
            if date_range.days > 1 and not isinstance(error, Incomplete):
                raise
            learned.reduced_request = True
        else:
            return
    async for page in _by_campaigns(client, account, date_range):
        yield page


async def _by_campaigns(client: ApiClient, account: Account, date_range: DateRange) -> AsyncIterator[Page]:
    """As many campaigns at a time as the filter takes; fewer where that is too much."""
    ids = [record.key async for page in campaigns(client, account) for record in page]
    left = [ids[start : start + MAX_CAMPAIGNS] for start in range(0, len(ids), MAX_CAMPAIGNS)]
    while left:
        some = left.pop()
        try:
            async for page in _report(client, account, date_range, some):
                yield page
        except TooMuchData as error:
            if len(some) == 1:
                raise _final(error, some[0]) from error
            left += [some[: len(some) // 2], some[len(some) // 2 :]]


def _final(error: TooMuchData, campaign_id: str) -> TooMuchData | PermanentError:
    if not isinstance(error, Incomplete):
        return error
    return PermanentError(
        f"{error}; campaign {campaign_id} alone has too many ads: ask TikTok to allow-list the app for asynchronous "
        "reports, then set report_mode to async"
    )


def _report(client: ApiClient, account: Account, date_range: DateRange, ids: Sequence[str] = ()) -> AsyncIterator[Page]:
    """One report. By default deleted campaigns are left out, of history too."""
    wanted = [_among("campaign_status", ["STATUS_ALL"]), *([_among("campaign_ids", ids)] if ids else [])]
    asked = {**query(account, date_range), "filtering": wanted}
    params = {key: value if isinstance(value, str) else json.dumps(value) for key, value in asked.items()}
    return records(client, "report/integrated/get/", params, row_of)


def _among(field: str, values: Sequence[str]) -> dict[str, str]:
    """The value is a JSON text inside JSON."""
    return {"field_name": field, "filter_type": "IN", "filter_value": json.dumps(values)}
