"""Snapchat's asynchronous stats: submitted, polled, downloaded as CSV from a signed URL (sheet, section 3d).

The download must not send the token: with a token it is rejected. Columns have titles, money is in micros.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.delivery import Delivery
from adsync_sandbox.generator.days import ONE_DAY
from adsync_sandbox.platforms.snapchat.api import (
    BAD_REQUEST,
    FORBIDDEN,
    NOT_FOUND,
    UNKNOWN_ENTITY,
    Call,
    SnapError,
    authorize,
    bad_parameter,
    items,
    succeeded,
    unsupported,
)
from adsync_sandbox.platforms.snapchat.query import Query
from adsync_sandbox.platforms.snapchat.rows import midnight, stats

BYTE_ORDER_MARK = "\ufeff"
SIGNATURE_KEY = b"sandbox"


@dataclass
class Report:
    """A report, with the number of polls so far."""

    id: str
    account: AdAccount
    text: str
    polls: int = 0


def submitted(call: Call, account: AdAccount, query: Query, rows: list[Delivery]) -> Response:
    """Creates a report; only campaigns by day are supported."""
    if call.params.get("async_format") != "csv":
        raise bad_parameter("async_format: the sandbox writes csv only")
    if query.granularity != "DAY" or not query.by_campaign:
        raise unsupported("the sandbox reports campaigns by day.")
    reports = call.request.app.state.reports
    made = Report(f"ASYNC_STATS:{account.id[:8]}{len(reports):04d}", account, _as_csv(rows, query.fields))
    reports[made.id] = made
    return _status_response(made, "STARTED")


async def report(request: Request) -> Response:
    call = await authorize(request)
    account = call.account()
    found = request.app.state.reports.get(call.params.get("report_run_id"))
    if found is None or found.account != account:
        raise SnapError(NOT_FOUND, UNKNOWN_ENTITY, "The report run can not be found.")
    ready = found.polls >= request.app.state.polls_until_ready
    found.polls += 1
    if not ready:
        return _status_response(found, "STARTED" if found.polls == 1 else "RUNNING")
    url = request.url.replace(query="")
    place = f"{url.scheme}://{url.netloc}{request.scope.get('root_path', '')}/results/{_name(found)}"
    return _status_response(found, "COMPLETED", result=f"{place}?signature={_signature(found)}")


async def result(request: Request) -> Response:
    """Returns the CSV for a signed URL without a token."""
    if "authorization" in request.headers:
        return PlainTextResponse("Only one auth mechanism allowed", BAD_REQUEST)
    reports: dict[str, Report] = request.app.state.reports
    found = next((one for one in reports.values() if _name(one) == request.path_params["run"]), None)
    if found is None or request.query_params.get("signature") != _signature(found):
        return PlainTextResponse("Access denied", FORBIDDEN)
    return Response(found.text.encode(), media_type="text/csv")


def _status_response(made: Report, status: str, **more: str) -> Response:
    stat = {"report_run_id": made.id, "async_status": status, **more}
    return succeeded(**items("async_stats_reports", "async_stats_report", [stat]))


def _name(made: Report) -> str:
    return made.id.partition(":")[2]


def _signature(made: Report) -> str:
    return hmac.new(SIGNATURE_KEY, made.id.encode(), hashlib.sha256).hexdigest()[:16]


def _as_csv(rows: Iterable[Delivery], fields: tuple[str, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    titles = [name.replace("_", " ").title() for name in ("campaign_id", "start_time", "end_time", *fields)]
    writer.writerow(titles)
    for row in rows:
        zone, counted = row.campaign.account.timezone, stats([row], fields)
        times = (midnight(row.date, zone), midnight(row.date + ONE_DAY, zone))
        writer.writerow([row.campaign.id, *times, *(counted.get(name, "") for name in fields)])
    return BYTE_ORDER_MARK + text.getvalue()
