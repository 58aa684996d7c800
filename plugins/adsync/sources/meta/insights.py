"""Meta's daily campaign insights, synchronous or by an asynchronous report run; the rows are the same.

A run is the last resort: the synchronous edge usually returns the rows at once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, ReportLost, TooMuchData
from adsync.models import Account, LearnedLimits, Page, RawJson, Record
from adsync.ranges import DateRange
from adsync.sources.common import pagination
from adsync.sources.common.account_totals import AccountTotal, unlisted_campaign, with_remainders
from adsync.sources.common.decoding import day, decode, decode_or_none, finite
from adsync.sources.common.records import RecordShape, build_page, built
from adsync.sources.meta.errors import TOO_MUCH, UNKNOWN, CursorLost, ObjectMissing, naming, number, sentence
from adsync.sources.meta.pagination import listing, read_once

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


class AccountDay(msgspec.Struct):
    date_start: str


class Spend(msgspec.Struct):
    spend: Decimal = Decimal(0)


class RepeatedRow(ContractError):
    """Two rows of one campaign and day: one of them would silently replace the other."""


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
ACCOUNT_DAY = msgspec.json.Decoder(AccountDay)
SPEND = msgspec.json.Decoder(Spend)
# Without a key: of a row that cannot be read, every stored row may be the one.
SHAPE = RecordShape("meta insights row", (), ("campaign_id", "date_start"))
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


def _rows(
    client: ApiClient, account: Account, date_range: DateRange, fields: str, learned: LearnedLimits
) -> AsyncIterator[Page]:
    return _pages(client, f"act_{account.account_id}/insights", _query(date_range, fields), learned)


def _pages(
    client: ApiClient, path: str, query: Mapping[str, str], learned: LearnedLimits | None = None
) -> AsyncIterator[Page]:
    """Yields every page; starts over once if a cursor becomes invalid or a row is repeated: pages may have shifted."""
    return pagination.retry_listing(lambda: _read_once(client, path, query, learned), (CursorLost, RepeatedRow))


async def _read_once(
    client: ApiClient, path: str, query: Mapping[str, str], learned: LearnedLimits | None
) -> AsyncIterator[Page]:
    seen: dict[str, Decimal] = {}
    async for items in read_once(client, path, query, learned):
        page = build_page(items, _row, SHAPE)
        for record in built(page):
            _check_distinct(record, seen)
        yield page


def _check_distinct(record: Record, seen: dict[str, Decimal]) -> None:
    spend = spend_of(record.payload)
    if record.key in seen:
        campaign_id, _, on = record.key.rpartition(":")
        raise RepeatedRow(
            f"meta insights: two rows of campaign {campaign_id} on {on}, one with spend {seen[record.key]}, "
            f"one with {spend}; nothing was stored"
        )
    seen[record.key] = spend


def _query(date_range: DateRange, fields: str, level: str = "campaign") -> dict[str, str]:
    return {
        "level": level,
        "time_increment": "1",
        "time_range": json.dumps({"since": str(date_range.since), "until": str(date_range.last_day)}),
        "fields": fields,
    }


def _row(item: RawJson) -> Record:
    row = decode(item, INSIGHT, SHAPE.what)
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
    async for page in _pages(client, f"{report_id}/insights", {}):
        yield page


def spend_of(row: RawJson) -> Decimal:
    """Returns the spend of a row; 0 if it is missing or unreadable."""
    found = decode_or_none(row, SPEND)
    return finite(found.spend) if found else Decimal(0)


async def account_spend(client: ApiClient, account: Account, date_range: DateRange) -> dict[date, Decimal]:
    """Returns what the account spent by day, in one call."""
    days: defaultdict[date, Decimal] = defaultdict(Decimal)
    query = _query(date_range, "spend", "account")
    async for items in listing(client, f"act_{account.account_id}/insights", query):
        for item in items:
            on = decode(item, ACCOUNT_DAY, "meta account insights").date_start
            days[day(on, "meta date_start")] += spend_of(item)
    return days


def remainder(account: Account, on: date, spend: Decimal) -> Record:
    """Returns the row of what an account spent beyond its campaigns."""
    campaign = unlisted_campaign(account)
    row = {
        "account_id": account.account_id,
        "campaign_id": campaign,
        "campaign_name": "(spend that Meta tells of no campaign)",
        "spend": str(spend),
        "date_start": str(on),
        "date_stop": str(on),
    }
    return Record(f"{campaign}:{on}", on, msgspec.json.encode(row))


def _needed_rows(client: ApiClient, account: Account, date_range: DateRange) -> AsyncIterator[Page]:
    return _rows(client, account, date_range, f"{NEEDED},{DERIVED}", LearnedLimits())


TOTAL = AccountTotal("Meta", account_spend, _needed_rows, spend_of, remainder)


def complete(
    client: ApiClient, account: Account, date_range: DateRange, pages: AsyncIterator[Page]
) -> AsyncIterator[Page]:
    """Adds what the account spent beyond its campaigns."""
    return with_remainders(TOTAL, client, account, date_range, pages)
