"""TikTok's error responses: HTTP 200 and a code (sheet on TikTok, sections 4, 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from adsync_sandbox.faults.common import Responses
from adsync_sandbox.faults.rows import Alterations, Headers, Json, Place, at, places
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.tiktok.api import NO_PERMISSION, TOKEN_WRONG, envelope

A_DAY = 86_400
TRUNCATED = "Number of ad ids is equal or more than 20k, only return the top 20k id's results, please use filtering"
CLAIMS = ("complete_payment", "total_complete_payment_rate")


def _limited(fault: Fault) -> Response:
    """TikTok names the exceeded limit but no wait."""
    if not fault.wait:
        return envelope({}, 40100, "App reaches the QPS limit.")
    return envelope({}, 40100, f"App reaches the {'QPD' if fault.wait >= A_DAY else 'QPM'} limit.")


def _expired(_fault: Fault) -> Response:
    return envelope({}, TOKEN_WRONG, "Access token is incorrect or has been revoked.")


def _denied(_fault: Fault) -> Response:
    return envelope({}, NO_PERMISSION, "No permission to operate the advertiser.")


def _too_much_data(_fault: Fault) -> Response:
    return envelope({}, 51001, "Internal time out, please reduce the time range.")


def _internal(_fault: Fault) -> Response:
    return envelope({}, 50000, "System error")


def _query_too_large(_fault: Fault) -> Response:
    return envelope({}, 40067, "Your query is too large, please reduce the query size")


def _too_frequent(_fault: Fault) -> Response:
    """The code of invalid app credentials; its text is a rate limit."""
    return envelope({}, 40101, "You are requesting too frequently, please try again later.")


def rows(answer: object) -> Iterator[object]:
    yield at(answer, "data", "list")


def day(row: Json) -> object:
    return row.get("stat_time_day") or at(row, "dimensions", "stat_time_day")


def claims(row: Json) -> Iterator[Place]:
    return places(row.get("metrics", row), CLAIMS)


def _partial_success(_fault: Fault, answer: Json) -> None:
    answer["code"], answer["message"] = 20001, "Partially successful"


def _undocumented_shape(_fault: Fault, answer: Json) -> None:
    """A page without rows has null instead of a list; page numbers are texts."""
    data = answer.get("data")
    if isinstance(data, dict) and "page_info" in data:
        data["list"] = data.get("list") or None
        data["page_info"] = {name: str(value) for name, value in data["page_info"].items()}


def _hidden_campaigns(_fault: Fault, answer: Json) -> None:
    """Every other campaign is in no split; the advertiser's own total still contains its spend."""
    data = answer.get("data")
    if isinstance(data, dict) and "page_info" in data and isinstance(data.get("list"), list):
        kept = [row for row in data["list"] if int(at(row, "dimensions", "campaign_id") or 0) % 2 == 0]
        data["page_info"]["total_number"] -= len(data["list"]) - len(kept)
        data["list"] = kept


def _job(fault: Fault, answer: Json) -> None:
    data = answer.get("data")
    if isinstance(data, dict) and "status" in data:
        data["status"] = "FAILED" if fault.kind == "job_failed" else "PROCESSING"


def _incomplete(_fault: Fault) -> dict[str, str | None]:
    return {"x-tt-ads-throttle": TRUNCATED}


RESPONSES: Responses = {
    "rate_limited": _limited,
    "token_expired": _expired,
    "permission_denied": _denied,
    "too_much_data": _too_much_data,
    "internal_error": _internal,
    "query_too_large": _query_too_large,
    "too_frequent": _too_frequent,
}
ALTERATIONS: Alterations = {
    "partial_success": _partial_success,
    "job_failed": _job,
    "job_stuck": _job,
    "undocumented_shape": _undocumented_shape,
    "hidden_campaigns": _hidden_campaigns,
}
HEADERS: Headers = {"incomplete": _incomplete}
