"""Meta's error responses: mostly HTTP 400, distinguished by code and subcode (sheet on Meta, sections 4, 6 and 7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import ceil

from starlette.responses import JSONResponse, Response

from adsync_sandbox.faults.common import BAD_REQUEST, FORBIDDEN, SERVER_ERROR, Responses
from adsync_sandbox.faults.rows import Alterations, Headers, Json, Place, at
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.meta.errors import GraphError, missing_object
from adsync_sandbox.platforms.meta.rows import OVERLAPPING, PIXEL

PURCHASES = {*OVERLAPPING, PIXEL}
NEARLY_EXHAUSTED = 97


def _limited(fault: Fault) -> Response:
    error = GraphError(80000, "(#80000) There have been too many calls from this ad-account.", subcode=2446079)
    minutes = ceil((fault.wait or 0) / 60)
    usage = {"type": "ads_insights", "call_count": 100, "total_cputime": 100, "total_time": 100}
    header = json.dumps({fault.account or "0": [{**usage, "estimated_time_to_regain_access": minutes}]})
    headers = {} if fault.wait is None else {"x-business-use-case-usage": header}
    return JSONResponse(error.body(), BAD_REQUEST, headers=headers)


def _expired(_fault: Fault) -> Response:
    error = GraphError(190, "Error validating access token: Session has expired", subcode=463)
    return JSONResponse(error.body(), BAD_REQUEST)


def _denied(_fault: Fault) -> Response:
    error = GraphError(200, "(#200) Ad account owner has NOT grant ads_management or ads_read permission")
    return JSONResponse(error.body(), FORBIDDEN)


def _too_much_data(_fault: Fault) -> Response:
    error = GraphError(1, "Please reduce the amount of data you're asking for, then retry your request")
    return JSONResponse(error.body(), SERVER_ERROR)


def _internal(_fault: Fault) -> Response:
    body = GraphError(2, "Service temporarily unavailable", subcode=1504044).body()
    body["error"]["is_transient"] = True
    return JSONResponse(body, SERVER_ERROR)


def _missing_permissions(_fault: Fault) -> Response:
    """A wrong account id or a lost grant; it has the code of an invalid parameter."""
    return JSONResponse(GraphError(100, "(#100) Missing permissions").body(), BAD_REQUEST)


def _two_errors(_fault: Fault) -> Response:
    """One object after the other; the first counts."""
    first = GraphError(1, "Please reduce the amount of data you're asking for, then retry your request")
    bodies = (json.dumps(error.body()) for error in (first, GraphError(2, "Service temporarily unavailable")))
    return Response("".join(bodies), SERVER_ERROR, media_type="application/json")


def _not_replicated(_fault: Fault) -> Response:
    return JSONResponse(missing_object("0").body(), BAD_REQUEST)


def rows(answer: object) -> Iterator[object]:
    yield at(answer, "data")


def day(row: Json) -> object:
    return row.get("date_start")


def claims(row: Json) -> Iterator[Place]:
    entries = (*row.get("actions", ()), *row.get("action_values", ()))
    return ((entry, "value") for entry in entries if entry["action_type"] in PURCHASES)


JOB_STATES: dict[str, Json] = {
    "job_failed": {"async_status": "Job Failed"},
    "job_skipped": {"async_status": "Job Skipped"},
    "job_too_large": {
        "async_status": "Job Failed",
        "error_code": -3,
        "error_subcode": 1504045,
        "error_message": "The report is too large",
    },
    "job_stuck": {"async_status": "Job Running", "async_percent_completion": 0, "is_running": True},
}


def _job(fault: Fault, answer: Json) -> None:
    if "async_status" in answer:
        answer |= JOB_STATES[fault.kind]


def _undocumented_shape(_fault: Fault, answer: Json) -> None:
    """The next cursor stands in the link alone; a run has no error code."""
    if isinstance(answer.get("paging"), dict):
        answer["paging"] = {"next": None, **answer["paging"]}
        answer["paging"].pop("cursors", None)
    if "async_status" in answer:
        answer["error_code"] = answer["error_subcode"] = None


def _hidden_campaigns(_fault: Fault, answer: Json) -> None:
    """Every other campaign is in no split; the account's own total still contains its spend."""
    if isinstance(answer.get("data"), list):
        answer["data"] = [row for row in answer["data"] if int(row.get("campaign_id", 0)) % 2 == 0]


def _usage_in_minutes(fault: Fault) -> dict[str, str | None]:
    usage = {"type": "ads_insights", "call_count": NEARLY_EXHAUSTED, "total_cputime": 40, "total_time": 40}
    usage |= {"estimated_time_to_regain_access": ceil((fault.wait or 0) / 60), "ads_api_access_tier": "full_access"}
    return {"x-business-use-case-usage": json.dumps({fault.account or "0": [usage]})}


def _usage_in_seconds(fault: Fault) -> dict[str, str | None]:
    usage = {"acc_id_util_pct": float(NEARLY_EXHAUSTED), "reset_time_duration": ceil(fault.wait or 0)}
    return {"x-ad-account-usage": json.dumps({**usage, "ads_api_access_tier": "full_access"})}


RESPONSES: Responses = {
    "rate_limited": _limited,
    "token_expired": _expired,
    "permission_denied": _denied,
    "too_much_data": _too_much_data,
    "internal_error": _internal,
    "not_replicated": _not_replicated,
    "missing_permissions": _missing_permissions,
    "two_errors": _two_errors,
}
ALTERATIONS: Alterations = {
    **dict.fromkeys(JOB_STATES, _job),
    "undocumented_shape": _undocumented_shape,
    "hidden_campaigns": _hidden_campaigns,
}
HEADERS: Headers = {"usage_in_minutes": _usage_in_minutes, "usage_in_seconds": _usage_in_seconds}
