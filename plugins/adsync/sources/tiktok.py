"""TikTok Ads: advertisers, campaigns and daily campaign reports, synchronous or asynchronous.

Array parameters of a GET are JSON texts, and one of their values is JSON inside JSON.
Facts: the project's TikTok sheet, sections 1 to 7.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any, TypeVar

import msgspec

from adsync.errors import ContractError, ReauthRequired, TemporaryError
from adsync.sources import paging
from adsync.sources.auth import in_header
from adsync.sources.base import Account, Credentials, Facts, Page, Record, Report, Source, Stream, Text
from adsync.sources.decode import day, decode
from adsync.sources.tiktok_errors import ENVELOPE, check
from adsync.transport import Client
from adsync.window import Window

HOST = "https://business-api.tiktok.com/open_api/v1.3"
PAGE_SIZE = 1000
LONGEST_WINDOW = 30

ACCOUNT_FIELDS = ["advertiser_id", "name", "currency", "timezone", "status"]
CAMPAIGN_FIELDS = [
    "campaign_id", "campaign_name", "advertiser_id", "budget", "budget_mode", "operation_status",
    "secondary_status", "objective_type", "create_time", "modify_time",
]  # fmt: skip
DIMENSIONS = ["campaign_id", "stat_time_day"]
METRICS = [
    "campaign_name", "spend", "impressions", "clicks", "ctr", "cpc", "cpm", "conversion",
    "complete_payment", "total_complete_payment_rate",
]  # fmt: skip
# By default deleted campaigns are left out, of history too. The value is a JSON text inside JSON.
EVERY_STATUS = [{"field_name": "campaign_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]

Shape = TypeVar("Shape")


class PageInfo(msgspec.Struct):
    total_page: int


class Listing(msgspec.Struct):
    rows: list[msgspec.Raw] = msgspec.field(name="list")
    page_info: PageInfo | None = None


class Advertiser(msgspec.Struct):
    advertiser_id: str
    name: str
    currency: str
    timezone: str


class Campaign(msgspec.Struct):
    campaign_id: str


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


LISTING = msgspec.json.Decoder(Listing)
ADVERTISER = msgspec.json.Decoder(Advertiser)
CAMPAIGN = msgspec.json.Decoder(Campaign)
ROW = msgspec.json.Decoder(ReportRow)
TASK = msgspec.json.Decoder(Task)
TASK_STATE = msgspec.json.Decoder(TaskState)


async def accounts(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield the advertiser's own row, in one call."""
    params = {"advertiser_ids": json.dumps([account.account_id]), "fields": json.dumps(ACCOUNT_FIELDS)}
    listing = await _data(client, "advertiser/info/", params, LISTING)
    if not listing.rows:
        raise ReauthRequired(f"tiktok shows no advertiser {account.account_id} to this token; grant the app access")
    yield [Record(account.account_id, None, listing.rows[0])]


async def campaigns(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield all campaigns, deleted ones included."""
    params = {
        "advertiser_id": account.account_id,
        "fields": json.dumps(CAMPAIGN_FIELDS),
        "filtering": json.dumps({"primary_status": "STATUS_ALL"}),
    }
    async for items in _listing(client, "campaign/get/", params):
        yield [Record(decode(item, CAMPAIGN, "tiktok campaign").campaign_id, None, item) for item in items]


async def campaign_metrics(client: Client, account: Account, window: Window) -> AsyncIterator[Page]:
    """Yield one row per campaign and day; days are the advertiser's own."""
    query = {**_query(account, window), "filtering": EVERY_STATUS}
    params = {key: value if isinstance(value, str) else json.dumps(value) for key, value in query.items()}
    async for items in _listing(client, "report/integrated/get/", params):
        yield [_row(item) for item in items]


def _query(account: Account, window: Window) -> dict[str, Any]:
    return {
        "advertiser_id": account.account_id,
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": DIMENSIONS,
        "metrics": METRICS,
        "start_date": str(window.since),
        "end_date": str(window.last_day),
    }


def _row(item: Text) -> Record:
    dimensions = decode(item, ROW, "tiktok report row").dimensions
    date = day(dimensions.stat_time_day, "tiktok stat_time_day")
    return Record(f"{dimensions.campaign_id}:{date}", date, item)


def _listing(client: Client, path: str, params: dict[str, str]) -> AsyncIterator[list[Text]]:
    async def fetch(number: int, size: int) -> tuple[list[Text], int | None]:
        page = await _data(client, path, {**params, "page": str(number), "page_size": str(size)}, LISTING)
        if page.page_info is None:
            raise ContractError(f"tiktok {path}: the answer has no page_info")
        return page.rows, number + 1 if number < page.page_info.total_page else None

    return paging.follow(fetch, 1, PAGE_SIZE, PAGE_SIZE)


async def create_report(client: Client, account: Account, window: Window) -> str:
    """Order the asynchronous report of any number of days; return its id.

    Only apps that TikTok allow-listed may: others get code 40001, a ReauthRequired.
    """
    order = {**_query(account, window), "output_format": "CSV_STRING", "enable_report_title_translation": False}
    answer = await client.post("report/task/create/", order)
    return _inside(answer, TASK, "report/task/create/").task_id


async def report_ready(client: Client, account: Account, report_id: str) -> bool:
    """Poll once; TemporaryError when TikTok gave the report up."""
    params = {"advertiser_id": account.account_id, "task_id": report_id}
    state = await _data(client, "report/task/check/", params, TASK_STATE)
    if state.status in {"FAILED", "CANCELED"}:
        raise TemporaryError(f"tiktok report {report_id} ended as {state.status}: {state.message}")
    return state.status == "SUCCESS"


async def download_report(client: Client, account: Account, report_id: str) -> AsyncIterator[Page]:
    """Yield the report's rows, in the shape that the synchronous report has."""
    answer = await client.get("report/task/download/", {"advertiser_id": account.account_id, "task_id": report_id})
    rows = csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""))
    if missing := {*DIMENSIONS, *METRICS} - {*(rows.fieldnames or ())}:
        raise ContractError(f"tiktok report {report_id} lacks the columns {', '.join(sorted(missing))}")
    while page := [_row(_as_json(row)) for row in islice(rows, PAGE_SIZE)]:
        yield page


def _as_json(row: dict[str, str]) -> bytes:
    dimensions = {name: row.pop(name) for name in DIMENSIONS}
    return msgspec.json.encode({"dimensions": dimensions, "metrics": row})


async def _data(client: Client, path: str, params: dict[str, str], decoder: msgspec.json.Decoder[Shape]) -> Shape:
    return _inside(await client.get(path, params), decoder, path)


def _inside(answer: Answer, decoder: msgspec.json.Decoder[Shape], path: str) -> Shape:
    return decode(ENVELOPE.decode(answer.body).data, decoder, f"tiktok {path}")


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


def facts(payload: Text) -> Facts:
    """`Etc/GMT+5` is an IANA name too, with POSIX's sign: it is five hours behind UTC."""
    row = ADVERTISER.decode(payload)
    return Facts(row.name, row.currency, row.timezone)


SOURCE = Source(
    name="tiktok",
    kind="ad_account",
    base_url=base_url,
    auth=in_header("Access-Token"),
    check=check,
    facts=facts,
    streams=(
        Stream("accounts", "entity", accounts),
        Stream("campaigns", "entity", campaigns),
        Stream(
            "campaign_metrics",
            "daily",
            campaign_metrics,
            longest=LONGEST_WINDOW,
            report=Report(create_report, report_ready, download_report),
        ),
    ),
    options={"report_mode": ("auto", "sync", "async")},
)
