"""Meta's daily campaign insights, synchronous or by an asynchronous report run; the rows are the same.

A run is the last resort: the synchronous edge usually returns the rows at once.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ReportLost, TooMuchData
from adsync.models import Account, LearnedLimits, Page, RawJson, Record
from adsync.ranges import DateRange
from adsync.sources.common.decoding import day, decode
from adsync.sources.meta.errors import TOO_MUCH, UNKNOWN, ObjectMissing, naming, number, sentence
from adsync.sources.meta.pagination import listing

NEEDED = (
    "account_id,account_currency,campaign_id,campaign_name,impressions,clicks,inline_link_clicks,spend,"
    "actions,action_values"
)
# Derived by the platform from the others: dropped first if a request is too large.
DERIVED = "ctr,cpc,cpm,purchase_roas,website_purchase_roas"
COMPLETED, COMPLETED_PERCENT = "Job Completed", 100
LOST = {"Job Failed", "Job Skipped"}


class InsightRow(msgspec.Struct):
    campaign_id: str
    date_start: str


class Run(msgspec.Struct):
    report_run_id: str


class RunState(msgspec.Struct):
    async_status: str
    async_percent_completion: int = 0
    error_code: Any = None
    error_subcode: Any = None
    error_message: str | None = None
    error_user_msg: str | None = None


INSIGHT = msgspec.json.Decoder(InsightRow)
RUN = msgspec.json.Decoder(Run)
RUN_STATE = msgspec.json.Decoder(RunState)


async def campaign_metrics(
    client: ApiClient, account: Account, date_range: DateRange, learned: LearnedLimits
) -> AsyncIterator[Page]:
    """Yields one row per campaign and day of delivery; days are in the ad account's time zone.

    A single day that is too large is requested once more with fewer fields.
    """
    if not learned.reduced_request:
        try:
            async for page in _rows(client, account, date_range, f"{NEEDED},{DERIVED}", learned):
                yield page
        except TooMuchData:
            if date_range.days > 1:
                raise
            learned.reduced_request = True
        else:
            return
    async for page in _rows(client, account, date_range, NEEDED, learned):
        yield page


async def _rows(
    client: ApiClient, account: Account, date_range: DateRange, fields: str, learned: LearnedLimits
) -> AsyncIterator[Page]:
    path = f"act_{account.account_id}/insights"
    async for items in listing(client, path, _query(date_range, fields), learned):
        yield [_row(item) for item in items]


def _query(date_range: DateRange, fields: str) -> dict[str, str]:
    return {
        "level": "campaign",
        "time_increment": "1",
        "time_range": json.dumps({"since": str(date_range.since), "until": str(date_range.last_day)}),
        "fields": fields,
    }


def _row(item: RawJson) -> Record:
    row = decode(item, INSIGHT, "meta insights row")
    return Record(f"{row.campaign_id}:{row.date_start}", day(row.date_start, "meta date_start"), item)


async def create_report(client: ApiClient, account: Account, date_range: DateRange) -> str:
    """Creates a report run for any number of days; returns its id."""
    query = urlencode(_query(date_range, f"{NEEDED},{DERIVED}"))
    path = f"act_{account.account_id}"
    with naming(path):
        response = await client.post(f"{path}/insights?{query}", {})
    return decode(response.body, RUN, "meta report run").report_run_id


async def report_ready(client: ApiClient, _account: Account, report_id: str) -> bool:
    """Polls once. A run is ready when it is completed and at 100 percent; either may come first.

    A new run may be unknown to some of Meta's servers.
    """
    params = {"fields": ",".join(RunState.__struct_fields__)}
    try:
        response = await client.get(report_id, params)
    except ObjectMissing:
        return False
    state = decode(response.body, RUN_STATE, "meta report run")
    if state.async_status in LOST:
        raise _lost(report_id, state)
    return state.async_status == COMPLETED and state.async_percent_completion == COMPLETED_PERCENT


def _lost(report_id: str, state: RunState) -> ReportLost | TooMuchData:
    pair = number(state.error_code), number(state.error_subcode)
    reason = sentence(*pair, state.error_message, state.error_user_msg)
    text = f"meta report {report_id} failed: {state.async_status}" + (f" ({reason})" if reason else "")
    return TooMuchData(text) if pair in {*TOO_MUCH, UNKNOWN} else ReportLost(text)


async def download_report(client: ApiClient, _account: Account, report_id: str) -> AsyncIterator[Page]:
    """Yields the rows of the run, in the shape of the synchronous edge."""
    async for items in listing(client, f"{report_id}/insights", {}):
        yield [_row(item) for item in items]
