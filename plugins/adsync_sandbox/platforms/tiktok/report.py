"""TikTok's daily campaign report, synchronous or by a task (sheet on TikTok, section 3).

Deleted campaigns are omitted unless the filter is STATUS_ALL, and a report spans at most 30 days; a task has neither
limit. Values are strings, "-" for not applicable.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import count
from json import loads

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.delivery import Delivery
from adsync_sandbox.generator.money import amount
from adsync_sandbox.platforms.tiktok.api import (
    NO_PERMISSION,
    TASK_NOT_READY,
    TASK_UNKNOWN,
    Call,
    TikTokError,
    authorize,
    bad_parameter,
    envelope,
    paged,
)
from adsync_sandbox.platforms.tiktok.rows import DEFAULT_METRICS, DIMENSIONS, METRICS, Filters, as_csv, written

LONGEST_SPAN = 30
MOST_CAMPAIGN_IDS = 30
ADVERTISER_DIMENSIONS = ["advertiser_id", "stat_time_day"]
TASK_NUMBERS = count(7_410_000_000_000_000)


@dataclass
class Task:
    """A report task, with the number of polls so far."""

    id: str
    account: AdAccount
    text: str
    checks: int = 0


async def integrated(request: Request) -> Response:
    call = await authorize(request)
    account = call.advertiser()
    if call.text("data_level", "") == "AUCTION_ADVERTISER":
        return _advertiser_days(call, account)
    metrics = _checked(call)
    since, until = span(call)
    if (until - since).days >= LONGEST_SPAN:
        raise bad_parameter(f"The max time span is {LONGEST_SPAN} days when the dimension is stat_time_day.")
    rows = _rows(call, account, since, until, _filters(call))
    return paged(call, [written(row, metrics) for row in rows])


def _advertiser_days(call: Call, account: AdAccount) -> Response:
    """Returns the spend of all campaigns by day, of deleted ones too; GMV Max is in no integrated report."""
    if call.names("dimensions", ADVERTISER_DIMENSIONS, ()) != ADVERTISER_DIMENSIONS:
        raise bad_parameter("dimensions: must match the data level AUCTION_ADVERTISER.")
    if call.names("metrics", ["spend"], ()) != ["spend"]:
        raise bad_parameter("metrics: the sandbox reports an advertiser's spend only.")
    since, until = span(call)
    if (until - since).days >= LONGEST_SPAN:
        raise bad_parameter(f"The max time span is {LONGEST_SPAN} days when the dimension is stat_time_day.")
    cents: Counter[date] = Counter()
    for row in call.request.app.state.world.deliveries(account.id):
        if since <= row.date <= until:
            cents[row.date] += row.spend
    rows = [
        {
            "dimensions": {"advertiser_id": account.id, "stat_time_day": f"{on} 00:00:00"},
            "metrics": {"spend": amount(spend)},
        }
        for on, spend in sorted(cents.items())
    ]
    return paged(call, rows)


async def create(request: Request) -> Response:
    """Creates a task; 40001 unless the app is on the allow list for this advertiser."""
    call = await authorize(request)
    account = call.advertiser()
    if not account.may_run_tasks:
        raise TikTokError(NO_PERMISSION, "Your app is not on the allow-list for asynchronous reports.")
    metrics = _checked(call)
    if call.text("output_format", "CSV_STRING") != "CSV_STRING":
        raise bad_parameter("output_format: the sandbox writes CSV_STRING only.")
    keep = _filters(call)
    if keep.statuses:
        raise bad_parameter("filtering: asynchronous reports filter by campaign_ids, adgroup_ids and ad_ids only.")
    rows = _rows(call, account, *span(call), Filters(campaign_ids=keep.campaign_ids, statuses=("STATUS_ALL",)))
    translated = call.params.get("enable_report_title_translation", True) not in (False, "false")
    task = Task(str(next(TASK_NUMBERS)), account, as_csv(rows, metrics, translated=translated))
    request.app.state.tasks[task.id] = task
    return envelope({"task_id": task.id})


async def check(request: Request) -> Response:
    """Returns the task's state; every poll advances it by one step."""
    task = _task(await authorize(request))
    ready = _ready(request.app, task)
    status = "SUCCESS" if ready else "PROCESSING" if task.checks else "QUEUING"
    task.checks += 1
    return envelope({"status": status, "message": ""})


async def download(request: Request) -> Response:
    task = _task(await authorize(request))
    if not _ready(request.app, task):
        raise TikTokError(TASK_NOT_READY, "The task is not ready.")
    return PlainTextResponse(task.text, media_type="text/csv")


def _ready(app: Starlette, task: Task) -> bool:
    return task.checks >= app.state.polls_until_ready


def _task(call: Call) -> Task:
    account = call.advertiser()
    task = call.request.app.state.tasks.get(call.text("task_id"))
    if task is None or task.account != account:
        raise TikTokError(TASK_UNKNOWN, "The task does not exist.")
    return task


def _checked(call: Call) -> list[str]:
    """Returns the requested metrics after validating the parameters against each other."""
    if call.text("report_type") != "BASIC":
        raise bad_parameter("report_type: the sandbox has BASIC reports only.")
    if call.text("data_level") != "AUCTION_CAMPAIGN":
        raise bad_parameter("data_level: must match the id dimension campaign_id.")
    if sorted(call.names("dimensions", DIMENSIONS, ())) != DIMENSIONS:
        raise bad_parameter("dimensions: the sandbox reports campaign_id by stat_time_day.")
    return call.names("metrics", list(METRICS), DEFAULT_METRICS)


def span(call: Call) -> tuple[date, date]:
    try:
        since, until = (date.fromisoformat(call.text(name)) for name in ("start_date", "end_date"))
    except ValueError as error:
        raise bad_parameter("start_date, end_date: Not a valid date, YYYY-MM-DD.") from error
    if since > until:
        raise bad_parameter("start_date must not be after end_date.")
    return since, until


def _filters(call: Call) -> Filters:
    found: dict[str, tuple[str, ...]] = {}
    for one in call.json("filtering", []) or []:
        if not isinstance(one, dict) or one.get("filter_type") != "IN" or not isinstance(one.get("filter_value"), str):
            raise bad_parameter("filtering: field_name, filter_type IN and filter_value, a JSON string, are needed.")
        try:
            found[str(one.get("field_name"))] = tuple(loads(one["filter_value"]))
        except ValueError as error:
            raise bad_parameter("filtering: filter_value is not valid JSON.") from error
    if set(found) - {"campaign_status", "campaign_ids"}:
        raise bad_parameter("filtering: field_name must be campaign_status or campaign_ids at this level.")
    if len(found.get("campaign_ids", ())) > MOST_CAMPAIGN_IDS:
        raise bad_parameter(f"filtering: at most {MOST_CAMPAIGN_IDS} campaign_ids.")
    return Filters(found.get("campaign_ids", ()), found.get("campaign_status", ()))


def _rows(call: Call, account: AdAccount, since: date, until: date, filters: Filters) -> list[Delivery]:
    """Returns the matching days in an arbitrary order that is the same on every page."""
    days = call.request.app.state.world.deliveries(account.id)
    found = [row for row in days if since <= row.date <= until and filters.keeps(row)]
    return sorted(found, key=lambda row: sha256(f"{row.campaign.id}{row.date}".encode()).digest())
