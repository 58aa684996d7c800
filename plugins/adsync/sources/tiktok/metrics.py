"""TikTok's synchronous report: campaign metrics by day, for the whole account or for some campaigns at a time.

A request that timed out is not repeated unchanged: the third time TikTok blocks it. It is repeated with fewer days
(`fallback_days`), and a single day with fewer campaigns. An incomplete response stays incomplete with fewer days:
only fewer campaigns help.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence

from adsync.api.client import ApiClient
from adsync.errors import PermanentError, TooMuchData
from adsync.models import Account, LearnedLimits, Page, Record
from adsync.ranges import DateRange
from adsync.sources.tiktok.api import records
from adsync.sources.tiktok.campaigns import campaigns
from adsync.sources.tiktok.errors import Incomplete
from adsync.sources.tiktok.report import ROWS, query

MAX_CAMPAIGNS = 30


async def campaign_metrics(
    client: ApiClient, account: Account, date_range: DateRange, learned: LearnedLimits
) -> AsyncIterator[Page]:
    """Yields one row per campaign and day, in the advertiser's time zone."""
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
    """Yields reports for as many campaigns as the filter allows; for fewer if a report is too large."""
    ids = [record.key async for page in campaigns(client, account) for record in page if isinstance(record, Record)]
    batches = [ids[start : start + MAX_CAMPAIGNS] for start in range(0, len(ids), MAX_CAMPAIGNS)]
    while batches:
        batch = batches.pop()
        try:
            async for page in _report(client, account, date_range, batch):
                yield page
        except TooMuchData as error:
            if len(batch) == 1:
                raise _single_campaign_error(error, batch[0]) from error
            batches += [batch[: len(batch) // 2], batch[len(batch) // 2 :]]


def _single_campaign_error(error: TooMuchData, campaign_id: str) -> TooMuchData | PermanentError:
    if not isinstance(error, Incomplete):
        return error
    return PermanentError(
        f"{error}; campaign {campaign_id} alone has too many ads: ask TikTok to allow-list the app for asynchronous "
        "reports, then set report_mode to async"
    )


def _report(client: ApiClient, account: Account, date_range: DateRange, ids: Sequence[str] = ()) -> AsyncIterator[Page]:
    """Yields one report. Without the status filter, deleted campaigns are omitted, from past days too."""
    wanted = [_in_filter("campaign_status", ["STATUS_ALL"]), *([_in_filter("campaign_ids", ids)] if ids else [])]
    request = {**query(account, date_range), "filtering": wanted}
    params = {key: value if isinstance(value, str) else json.dumps(value) for key, value in request.items()}
    return records(client, "report/integrated/get/", params, ROWS)


def _in_filter(field: str, values: Sequence[str]) -> dict[str, str]:
    """Returns a filter whose value is JSON inside JSON."""
    return {"field_name": field, "filter_type": "IN", "filter_value": json.dumps(values)}
