"""TikTok's asynchronous report: ordered, polled and downloaded as CSV; its rows are those of the synchronous one."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, ReportLost, ReportRefused, TemporaryError
from adsync.models import Account, Page, RawJson, Record
from adsync.ranges import DateRange
from adsync.sources.common.decoding import day, decode
from adsync.sources.tiktok.api import PAGE_SIZE, get, inside
from adsync.sources.tiktok.errors import NoPermission

DIMENSIONS = ["campaign_id", "stat_time_day"]
NEEDED = [
    "campaign_name", "spend", "impressions", "clicks", "conversion", "complete_payment", "total_complete_payment_rate",
]  # fmt: skip
# What the platform works out of the others. A report that was ordered by an older version may lack some of it.
DERIVED = ["ctr", "cpc", "cpm", "complete_payment_roas"]
METRICS = [*NEEDED, *DERIVED]


class Dimensions(msgspec.Struct):
    campaign_id: str
    stat_time_day: str


class ReportRow(msgspec.Struct):
    dimensions: Dimensions


class Task(msgspec.Struct):
    task_id: str


class TaskState(msgspec.Struct):
    status: str
    message: str = ""


ROW = msgspec.json.Decoder(ReportRow)
TASK = msgspec.json.Decoder(Task)
TASK_STATE = msgspec.json.Decoder(TaskState)


def query(account: Account, date_range: DateRange) -> dict[str, Any]:
    return {
        "advertiser_id": account.account_id,
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": DIMENSIONS,
        "metrics": METRICS,
        "start_date": str(date_range.since),
        "end_date": str(date_range.last_day),
    }


def row_of(item: RawJson) -> Record:
    dimensions = decode(item, ROW, "tiktok report row").dimensions
    date = day(dimensions.stat_time_day, "tiktok stat_time_day")
    return Record(f"{dimensions.campaign_id}:{date}", date, item)


async def create_report(client: ApiClient, account: Account, date_range: DateRange) -> str:
    """Order the asynchronous report of any number of days; return its id.

    Only apps that TikTok allow-listed may. The account itself is no question: its campaigns were listed before.
    """
    order = {**query(account, date_range), "output_format": "CSV_STRING", "enable_report_title_translation": False}
    try:
        response = await client.post("report/task/create/", order)
    except NoPermission as error:
        raise ReportRefused(f"TikTok has not allow-listed this app for asynchronous reports: {error}") from error
    return inside(response, TASK, "report/task/create/").task_id


async def report_ready(client: ApiClient, account: Account, report_id: str) -> bool:
    """Poll once; ReportLost when TikTok gave the report up."""
    params = {"advertiser_id": account.account_id, "task_id": report_id}
    state = await get(client, "report/task/check/", params, TASK_STATE)
    if state.status in {"FAILED", "CANCELED"}:
        raise ReportLost(f"tiktok report {report_id} ended as {state.status}: {state.message}")
    return state.status == "SUCCESS"


async def download_report(client: ApiClient, account: Account, report_id: str) -> AsyncIterator[Page]:
    """Yield the report's rows, in the shape that the synchronous report has."""
    response = await client.get("report/task/download/", {"advertiser_id": account.account_id, "task_id": report_id})
    rows = csv.DictReader(io.StringIO(_text(response.body, report_id), newline=""))
    if missing := {*DIMENSIONS, *NEEDED} - {*(rows.fieldnames or ())}:
        raise ContractError(f"tiktok report {report_id} lacks the columns {', '.join(sorted(missing))}")
    while lines := list(islice(rows, PAGE_SIZE)):
        if any(None in line or None in line.values() for line in lines):
            raise TemporaryError(f"tiktok report {report_id} has a line that is cut off or too long")
        yield [row_of(_as_json(line)) for line in lines]


def _text(body: bytes, report_id: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemporaryError(f"tiktok report {report_id} is no whole text ({error})") from error


def _as_json(row: dict[str, str]) -> bytes:
    dimensions = {name: row.pop(name) for name in DIMENSIONS}
    return msgspec.json.encode({"dimensions": dimensions, "metrics": row})
