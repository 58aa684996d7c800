"""TikTok's asynchronous report, a CSV with the rows of the synchronous one."""

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
from adsync.sources.common.records import RecordShape, build_page
from adsync.sources.tiktok.api import PAGE_SIZE, Rows, get, unwrap
from adsync.sources.tiktok.errors import NoPermission

DIMENSIONS = ["campaign_id", "stat_time_day"]
NEEDED = [
    "campaign_name", "spend", "impressions", "clicks", "conversion", "complete_payment", "total_complete_payment_rate",
]  # fmt: skip
# Derived by the platform from the others. A report that an older version created may lack some.
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
    dimensions = decode(item, ROW, SHAPE.what).dimensions
    date = day(dimensions.stat_time_day, "tiktok stat_time_day")
    return Record(f"{dimensions.campaign_id}:{date}", date, item)


# Without a key: of a row that cannot be read, every stored row may be the one.
SHAPE = RecordShape("tiktok report row", (), ("dimensions.campaign_id", "dimensions.stat_time_day"))
ROWS = Rows(row_of, SHAPE)


async def create_report(client: ApiClient, account: Account, date_range: DateRange) -> str:
    """Creates an asynchronous report for any number of days; returns its id.

    Only apps that TikTok allow-listed may create one. A missing permission is not about the account: its campaigns were
    listed before.
    """
    request = {**query(account, date_range), "output_format": "CSV_STRING", "enable_report_title_translation": False}
    try:
        response = await client.post("report/task/create/", request)
    except NoPermission as error:
        raise ReportRefused(f"TikTok has not allow-listed this app for asynchronous reports: {error}") from error
    return unwrap(response, TASK, "report/task/create/").task_id


async def report_ready(client: ApiClient, account: Account, report_id: str) -> bool:
    """Polls once; ReportLost if the report failed."""
    params = {"advertiser_id": account.account_id, "task_id": report_id}
    state = await get(client, "report/task/check/", params, TASK_STATE)
    if state.status in {"FAILED", "CANCELED"}:
        raise ReportLost(f"tiktok report {report_id} failed: {state.status}: {state.message}")
    return state.status == "SUCCESS"


async def download_report(client: ApiClient, account: Account, report_id: str) -> AsyncIterator[Page]:
    """Yields the rows of the report, in the shape of the synchronous report."""
    response = await client.get("report/task/download/", {"advertiser_id": account.account_id, "task_id": report_id})
    rows = csv.DictReader(io.StringIO(_text(response.body, report_id), newline=""))
    if len(rows.fieldnames or ()) < len(DIMENSIONS):
        raise TemporaryError(f"tiktok report {report_id}: the download is not a CSV (empty, or a page of a proxy)")
    if missing := {*DIMENSIONS, *NEEDED} - {*(rows.fieldnames or ())}:
        raise ContractError(f"missing columns in tiktok report {report_id}: {', '.join(sorted(missing))}")
    while lines := list(islice(rows, PAGE_SIZE)):
        if any(None in line or None in line.values() for line in lines):
            raise TemporaryError(f"truncated or overlong line in tiktok report {report_id}")
        yield build_page([_as_json(line) for line in lines], row_of, SHAPE)


def _text(body: bytes, report_id: str) -> str:
    """Returns the text; that of an HTML page is empty."""
    if body.lstrip().startswith(b"<"):
        return ""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemporaryError(f"truncated or invalid text in tiktok report {report_id} ({error})") from error


def _as_json(row: dict[str, str]) -> bytes:
    dimensions = {name: row.pop(name) for name in DIMENSIONS}
    return msgspec.json.encode({"dimensions": dimensions, "metrics": row})
