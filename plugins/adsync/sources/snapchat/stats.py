"""Snapchat's daily campaign stats, reconciled with the spend of the account.

The breakdown of a large account may be empty without an error, and pages may be missing. If the sums differ, the same
days are read from the asynchronous CSV, then campaign by campaign. Spend that is still missing becomes its own row.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, ReportLost
from adsync.models import Account, ApiResponse, LearnedLimits, Page, RawJson, Record, RejectedRecord
from adsync.ranges import DateRange
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, build_one, check_page
from adsync.sources.snapchat.api import follow, items, next_link
from adsync.sources.snapchat.entities import campaign_ids
from adsync.sources.snapchat.errors import EntityGone
from adsync.sources.snapchat.report import read_report
from adsync.sources.snapchat.rows import METRICS, Day, record
from adsync.sources.snapchat.unlisted_spend import AccountDays, Spent, remainders

LOG = logging.getLogger(__name__)

# The options of an account, the platform's default first. Ads Manager reports actions at the time of the impression,
# the API at that of the conversion: `action_report_time: impression` gives Ads Manager's numbers.
OPTIONS = {
    "swipe_up_attribution_window": ("28_DAY", "7_DAY", "1_DAY"),
    "view_attribution_window": ("1_DAY", "none", "1_HOUR", "3_HOUR", "6_HOUR", "7_DAY", "28_DAY"),
    "action_report_time": ("conversion", "impression"),
}


# Without a key: of a day that cannot be read, every stored row may be the one.
SHAPE = RecordShape("snapchat campaign stats", (), ("id", "start_time"))


class Part(msgspec.Struct):
    id: str
    timeseries: list[msgspec.Raw] = []


class Breakdown(msgspec.Struct):
    campaign: list[msgspec.Raw] = []


class Stat(msgspec.Struct):
    timeseries: list[msgspec.Raw] = []
    breakdown_stats: Breakdown = msgspec.field(default_factory=Breakdown)
    finalized_data_end_time: str | None = None
    conversion_data_processed_end_time: str | None = None

    @property
    def finality(self) -> tuple[str | None, str | None]:
        return self.finalized_data_end_time, self.conversion_data_processed_end_time


STAT = msgspec.json.Decoder(Stat)
PART = msgspec.json.Decoder(Part)
DAY = msgspec.json.Decoder(Day)


async def campaign_metrics(
    client: ApiClient, account: Account, date_range: DateRange, _learned: LearnedLimits
) -> AsyncIterator[Page]:
    """Yields one row per campaign and day, in the ad account's time zone; all rows are held in memory to be summed."""
    query = params(account, date_range)
    before = await _account_days(client, account, query)
    rows = await _by_breakdown(client, account, query)
    spent, whole = _spend(rows), _sum(before)
    if spent != whole and not _is_between(spent, before, await _account_days(client, account, query)):
        LOG.warning("%s: campaigns sum to %d micros, the account to %d in %s", account, spent, whole, date_range)
        async for page in _read_fallback(client, account, query, rows):
            yield page
        return
    yield [row for row, _ in rows]


def params(account: Account, date_range: DateRange) -> dict[str, str]:
    zone = account.zone
    return {
        "granularity": "DAY",
        "start_time": _midnight(date_range.since, zone),
        "end_time": _midnight(date_range.until, zone),
        "fields": ",".join(METRICS),
        "omit_empty": "true",
        **{name: str(account.options.get(name, values[0])) for name, values in OPTIONS.items()},
    }


def _midnight(date_: date, zone: ZoneInfo) -> str:
    """Returns midnight with the offset of that day: daylight saving may change it within the range."""
    return datetime.combine(date_, time(), zone).isoformat(timespec="seconds")


Rows = list[tuple[Record | RejectedRecord, Decimal]]


def _spend(rows: Rows) -> Decimal:
    return sum((spend for _, spend in rows), Decimal(0))


def _sum(days: AccountDays) -> Decimal:
    return sum((each.day.spend for each in days.values()), Decimal(0))


def _is_between(spent: Decimal, before: AccountDays, after: AccountDays) -> bool:
    """Whether the sum lies between the account's before and after: today's spend grows while it is read."""
    sums = sorted((_sum(before), _sum(after)))
    return sums[0] <= spent <= sums[1]


async def _account_days(client: ApiClient, account: Account, query: Mapping[str, str]) -> AccountDays:
    """Returns the account's spend by day; without a breakdown no other metric is available."""
    days = {}
    async for stats in _stats(client, f"adaccounts/{account.account_id}/stats", {**query, "fields": "spend"}):
        for stat in stats:
            found = [decode(item, DAY, "snapchat account stats") for item in stat.timeseries]
            days |= {each.date: Spent(each, stat.finality) for each in found if each.has_stats}
    return days


async def _by_breakdown(client: ApiClient, account: Account, query: Mapping[str, str]) -> Rows:
    rows: Rows = []
    async for stats in _stats(client, f"adaccounts/{account.account_id}/stats", {**query, "breakdown": "campaign"}):
        rows += [row for stat in stats for item in stat.breakdown_stats.campaign for row in _part_rows(item, stat)]
    check_page([row for row, _ in rows])
    return rows


async def _read_fallback(
    client: ApiClient, account: Account, query: Mapping[str, str], rows: Rows
) -> AsyncIterator[Page]:
    """Yields the rows of the CSV if it is complete, else those of all three ways of reading and the missing spend."""
    before = await _account_days(client, account, query)
    try:
        lines = await read_report(client, account, query)
    except (ReportLost, ContractError) as error:
        LOG.warning("%s: %s; reading campaign by campaign", account, error)
        lines = []
    if lines and _is_between(_spend(lines), before, await _account_days(client, account, query)):
        yield [row for row, _ in lines]
        return
    single = await _by_single_campaigns(client, account, query)
    every = (*rows, *lines, *single)
    found = [*{row.key: (row, spend) for row, spend in every if isinstance(row, Record)}.values()]
    found += [(row, spend) for row, spend in every if isinstance(row, RejectedRecord)]
    after = await _account_days(client, account, query)
    yield [row for row, _ in found]
    if not _is_between(_spend(found), before, after):
        yield remainders(account, found, before, after)


async def _by_single_campaigns(client: ApiClient, account: Account, query: Mapping[str, str]) -> Rows:
    rows: Rows = []
    async for ids in campaign_ids(client, account):
        for campaign_id in ids:
            rows += await _campaign_rows(client, account, campaign_id, query)
    return rows


async def _campaign_rows(client: ApiClient, account: Account, campaign_id: str, query: Mapping[str, str]) -> Rows:
    rows: Rows = []
    try:
        async for stats in _stats(client, f"campaigns/{campaign_id}/stats", query):
            rows += [row for stat in stats for row in _rows(Part(campaign_id, stat.timeseries), stat)]
    except EntityGone as error:
        LOG.warning("%s: campaign %s no longer exists: %s", account, campaign_id, error)
    return rows


def _stats(client: ApiClient, path: str, query: Mapping[str, str]) -> AsyncIterator[list[Stat]]:
    def read(response: ApiResponse) -> tuple[list[Stat], str | None]:
        found = items(response, "timeseries_stats", "timeseries_stat")
        if not found:
            raise ContractError(f"snapchat {path}: missing stat object in the response")
        return [decode(item, STAT, "snapchat stats") for item in found], _link(found, response)

    return follow(client, path, query, read)


def _link(found: list[msgspec.Raw], response: ApiResponse) -> str | None:
    """Returns the link to the next page, from the stat object or from the envelope."""
    bodies: list[RawJson] = [*found, response.body]
    return next((link for body in bodies if (link := next_link(body))), None)


def _part_rows(item: RawJson, stat: Stat) -> Rows:
    """Returns the rows of one campaign of a breakdown; a part that cannot be read is one rejected record."""
    part = build_one(item, lambda raw: decode(raw, PART, SHAPE.what), SHAPE)
    return [(part, Decimal(0))] if isinstance(part, RejectedRecord) else _rows(part, stat)


def _rows(part: Part, stat: Stat) -> Rows:
    """Returns the rows of a part; days without stats are omitted, they are not zeros."""

    def build(item: RawJson) -> tuple[Record, Decimal] | None:
        each = decode(item, DAY, SHAPE.what)
        return (record(part.id, each, *stat.finality), each.spend) if each.has_stats else None

    built = [build_one(item, build, SHAPE) for item in part.timeseries]
    return [(row, Decimal(0)) if isinstance(row, RejectedRecord) else row for row in built if row]
