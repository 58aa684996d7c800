"""Alters status and headers of correct responses: warnings near a limit, stripped headers, a 500."""

from __future__ import annotations

import json
from math import ceil

from starlette.datastructures import MutableHeaders
from starlette.types import Message

from adsync_sandbox.faults.script import Fault

NEARLY = 97
TRUNCATED_REPORT = (
    "Number of ad ids is equal or more than 20k, only return the top 20k id's results, please use filtering"
)
SERVER_ERROR = 500


def touched(fault: Fault, start: Message, body: bytes) -> tuple[Message, bytes]:
    """Returns the altered head and body; a poisoned order fails its whole page."""
    headers = MutableHeaders(raw=start["headers"])
    if fault.kind == "headers_stripped":
        for name in ("x-wp-total", "x-wp-totalpages", "link"):
            del headers[name]
    if fault.kind == "poisoned_order" and fault.field.encode() in body:
        message = "There has been a critical error on this website."
        body = json.dumps({"code": "internal_server_error", "message": message, "data": {"status": 500}}).encode()
        start = {**start, "status": SERVER_ERROR}
    for name, value in _added(fault).items():
        headers[name] = value
    headers["content-length"] = str(len(body))
    return start, body


def _added(fault: Fault) -> dict[str, str]:
    wait = fault.wait or 0
    if fault.kind == "incomplete":
        return {"x-tt-ads-throttle": TRUNCATED_REPORT}
    if fault.kind == "usage_in_minutes":
        usage = {"type": "ads_insights", "call_count": NEARLY, "total_cputime": 40, "total_time": 40}
        usage |= {"estimated_time_to_regain_access": ceil(wait / 60), "ads_api_access_tier": "full_access"}
        return {"x-business-use-case-usage": json.dumps({fault.account or "0": [usage]})}
    if fault.kind == "usage_in_seconds":
        usage = {"acc_id_util_pct": float(NEARLY), "reset_time_duration": ceil(wait)}
        return {"x-ad-account-usage": json.dumps({**usage, "ads_api_access_tier": "full_access"})}
    return {}
