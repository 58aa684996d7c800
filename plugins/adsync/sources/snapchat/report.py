"""Snapchat's asynchronous CSV of campaigns by day, for accounts whose breakdown is incomplete.

The read waits for it, for seconds and a limited number of polls: it is rare, covers one range of days and is not used
again. Its columns have display titles.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ReportLost, TemporaryError
from adsync.models import Account, ApiResponse, Record
from adsync.sources.common.decoding import decode
from adsync.sources.snapchat.api import items
from adsync.sources.snapchat.rows import METRICS, Day, record

MAX_POLLS = 10
POLL_SECONDS = 2.0
READY, REPORT_FAILED = "COMPLETED", "FAILED"
ID_COLUMNS, DAY_COLUMNS = ("campaign_id", "id"), ("start_time", "date", "day")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Run(msgspec.Struct):
    report_run_id: str = ""
    async_status: str = ""
    result: str = ""


RUN = msgspec.json.Decoder(Run)


async def read_report(client: ApiClient, account: Account, query: Mapping[str, str]) -> list[tuple[Record, Decimal]]:
    """Returns rows and their spend; ReportLost if no usable report is ready in time."""
    request = {**query, "breakdown": "campaign", "async": "true", "async_format": "csv"}
    run = _run(await client.get(f"adaccounts/{account.account_id}/stats", request))
    url = await _ready(client, account, run.report_run_id)
    return [(record(campaign, each), each.spend) for campaign, each in _lines(await client.get(url))]


async def _ready(client: ApiClient, account: Account, run_id: str) -> str:
    """Returns the signed URL of the finished report."""
    for _ in range(MAX_POLLS):
        params = {"report_run_id": run_id}
        run = _run(await client.get(f"adaccounts/{account.account_id}/stats_report", params))
        if run.async_status.upper() == REPORT_FAILED:
            raise ReportLost(f"snapchat report {run_id} failed")
        if run.async_status.upper() == READY and run.result:
            return run.result
        await client.sleep(POLL_SECONDS)
    raise ReportLost(f"snapchat report {run_id} is not ready after {MAX_POLLS * POLL_SECONDS:.0f} s")


def _run(response: ApiResponse) -> Run:
    found = items(response, "async_stats_reports", "async_stats_report")
    if not found:
        raise ReportLost("snapchat returned no report id")
    return decode(found[0], RUN, "snapchat report")


def _lines(response: ApiResponse) -> list[tuple[str, Day]]:
    try:
        rows = csv.reader(io.StringIO(response.body.decode("utf-8-sig"), newline=""))
    except UnicodeDecodeError as error:
        raise TemporaryError(f"truncated or invalid text in the snapchat report ({error})") from error
    names = [re.sub(r"\W+", "_", title.strip()).casefold() for title in next(rows, [])]
    id_column, day_column = (_column(names, wanted) for wanted in (ID_COLUMNS, DAY_COLUMNS))
    return [(line[id_column], _day(line, day_column)) for line in _complete(rows, names)]


def _complete(rows: object, names: list[str]) -> list[dict[str, str]]:
    lines = [dict(zip(names, cells, strict=False)) for cells in rows if cells]
    if any(len(line) != len(names) for line in lines):
        raise TemporaryError("truncated line in the snapchat report")
    return lines


def _column(names: list[str], wanted: tuple[str, ...]) -> str:
    if found := next((name for name in wanted if name in names), None):
        return found
    raise ReportLost(f"missing column in the snapchat report (expected one of {', '.join(wanted)})")


def _day(line: Mapping[str, str], day_column: str) -> Day:
    """Returns a day in the shape of the synchronous response; an empty cell is a missing key."""
    stats = {name: msgspec.Raw(text.encode()) for name in METRICS if NUMBER.fullmatch(text := line.get(name, ""))}
    return Day(line[day_column], msgspec.Raw(msgspec.json.encode(stats)), line.get("end_time") or None)
