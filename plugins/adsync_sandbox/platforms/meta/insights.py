"""`/act_<id>/insights`, synchronous or by a report run (sheet on Meta, sections 3a, 3c and 3d).

Both ends of time_range are inclusive. A day without delivery has no row; archived and deleted campaigns do.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.days import ONE_DAY
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.meta.api import Call, authorize
from adsync_sandbox.platforms.meta.errors import NOT_READY, GraphError, bad_parameter, missing_object
from adsync_sandbox.platforms.meta.pages import page
from adsync_sandbox.platforms.meta.rows import DEFAULT, FIELDS, InsightsRow, written

MONTHS_BACK = 37
LONGEST_INCREMENT = 90
LEVELS = ("account", "campaign")
PRESETS = {"today": (0, 0), "yesterday": (1, 1), "last_7d": (7, 1), "last_14d": (14, 1), "last_30d": (30, 1)}
RUN_NUMBERS = count(6_023_920_149_050)
HALF_WAY = 37


@dataclass
class Run:
    """A report run, with the number of polls so far."""

    id: str
    account: AdAccount
    rows: list[InsightsRow]
    fields: list[str]
    since: date
    until: date
    polls: int = 0


async def insights(request: Request) -> Response:
    """GET returns rows, of an account or of a finished run; POST creates a run."""
    call = await authorize(request)
    node = request.path_params["node"]
    if node in request.app.state.runs and request.method == "GET":
        return _of_run(call, node)
    account = call.account(node)
    fields = call.fields(FIELDS, DEFAULT)
    since, until = _range(call, account)
    rows = _rows(call, account, since, until)
    if request.method == "GET":
        return page(call, rows, lambda row: written(row, fields))
    run = Run(str(next(RUN_NUMBERS)), account, rows, fields, since, until)
    request.app.state.runs[run.id] = run
    return JSONResponse({"report_run_id": run.id})


def poll(call: Call, run: Run) -> JSONResponse:
    """Returns the run's state; the second poll reports 100 percent while it is still running, as Meta does."""
    ready = _ready(call.request.app, run)
    run.polls += 1
    percent = 100 if ready or run.polls > 1 else HALF_WAY
    body = {
        "id": run.id,
        "account_id": run.account.id,
        "time_ref": int(call.request.app.state.world.now.timestamp()),
        "time_completed": int(call.request.app.state.world.now.timestamp()) if ready else 0,
        "async_status": "Job Completed" if ready else "Job Running",
        "async_percent_completion": percent,
        "is_running": not ready,
        "date_start": run.since.isoformat(),
        "date_stop": run.until.isoformat(),
    }
    return JSONResponse(body)


def run_of(call: Call, node: str) -> Run:
    run = call.request.app.state.runs.get(node)
    if run is None:
        raise missing_object(node)
    call.account(f"act_{run.account.id}")
    return run


def _ready(app: Starlette, run: Run) -> bool:
    return run.polls >= app.state.polls_until_ready


def _of_run(call: Call, node: str) -> Response:
    run = run_of(call, node)
    if not _ready(call.request.app, run):
        raise GraphError(NOT_READY, "Error accessing adreport job.", subcode=1815107)
    return page(call, run.rows, lambda row: written(row, run.fields))


def _range(call: Call, account: AdAccount) -> tuple[date, date]:
    today = call.request.app.state.world.today(account.timezone)
    asked = call.json("time_range")
    if asked is None:
        return _preset(call.params.get("date_preset", "last_30d"), today)
    try:
        since, until = (date.fromisoformat(asked[end]) for end in ("since", "until"))
    except (KeyError, TypeError, ValueError) as error:
        raise bad_parameter("param time_range must have the keys since and until, as YYYY-MM-DD.") from error
    if since > until:
        raise bad_parameter("param time_range: since must not be after until.")
    months = (today.year - since.year) * 12 + today.month - since.month
    if months > MONTHS_BACK or (months == MONTHS_BACK and since.day < today.day):
        raise GraphError(
            3018, "(#3018) The start date of the time range cannot be beyond 37 months from the current date"
        )
    return since, until


def _preset(name: str, today: date) -> tuple[date, date]:
    if name not in PRESETS:
        raise bad_parameter(f"the sandbox knows the date presets {', '.join(PRESETS)}, not {name}.")
    first, last = PRESETS[name]
    return today - timedelta(days=first), today - timedelta(days=last)


def _rows(call: Call, account: AdAccount, since: date, until: date) -> list[InsightsRow]:
    world: World = call.request.app.state.world
    by_campaign = _level(call) == "campaign"
    wanted = _wanted(call)
    step = _step(call, since, until)
    groups = defaultdict(list)
    for part in world.deliveries(account.id):
        if since <= part.date <= until and (wanted is None or part.campaign.id in wanted):
            groups[(part.date - since).days // step, part.campaign if by_campaign else None].append(part)
    return [
        InsightsRow(
            account, campaign, _first(since, n, step), min(until, _first(since, n + 1, step) - ONE_DAY), tuple(parts)
        )
        for (n, campaign), parts in groups.items()
    ]


def _first(since: date, n: int, step: int) -> date:
    return since + timedelta(days=n * step)


def _level(call: Call) -> str:
    level = call.params.get("level", "account")
    if level not in LEVELS:
        raise bad_parameter(f"the sandbox has the levels {' and '.join(LEVELS)}, not {level}.")
    return level


def _step(call: Call, since: date, until: date) -> int:
    text = call.params.get("time_increment", "all_days")
    if text == "all_days":
        return (until - since).days + 1
    if not text.isdigit() or not 1 <= int(text) <= LONGEST_INCREMENT:
        raise bad_parameter("param time_increment must be all_days or a number from 1 to 90.")
    return int(text)


def _wanted(call: Call) -> set[str] | None:
    """Returns the campaign ids of `filtering`; the dotted name is the API's (section 3a)."""
    filters = call.json("filtering") or []
    wanted: set[str] | None = None
    for one in filters:
        if not isinstance(one, dict) or one.get("field") != "campaign.id" or one.get("operator") not in {"IN", "EQUAL"}:
            raise bad_parameter("the sandbox filters insights by campaign.id with IN or EQUAL only.")
        values = one["value"] if isinstance(one["value"], list) else [one["value"]]
        found = {str(value) for value in values}
        wanted = found if wanted is None else wanted & found
    return wanted
