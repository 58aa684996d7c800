"""Meta's pagination: cursors, and a `next` link with the token in clear text (sheet, sections 4 to 6)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from starlette.responses import JSONResponse

from adsync_sandbox.platforms.meta.api import ACCOUNT_PREFIX, Call
from adsync_sandbox.platforms.meta.errors import GraphError, bad_parameter

DEFAULT_LIMIT, LARGEST_LIMIT = 25, 1000


def page(call: Call, rows: Sequence[object], render: Callable[[object], object]) -> JSONResponse:
    """Returns one page; `next` exists only if more pages follow, and has the token in clear text, as Meta's has."""
    start, limit = _start(call), _limit(call)
    end = start + limit
    if start == 0 and call.request.app.state.short_first_pages:
        end = start + max(1, limit // 2)
    data = [render(row) for row in rows[start:end]]
    body: dict[str, object] = {"data": data}
    if data:
        paging: dict[str, object] = {"cursors": {"before": _cursor(call, start), "after": _cursor(call, end)}}
        if end < len(rows):
            query = {**call.params, "access_token": call.token, "limit": str(limit), "after": _cursor(call, end)}
            paging["next"] = f"{call.request.url.replace(query='')}?{urlencode(query)}"
        body["paging"] = paging
    return JSONResponse(body, headers=_usage(call))


def _limit(call: Call) -> int:
    text = call.params.get("limit", str(DEFAULT_LIMIT))
    if not text.isdigit() or int(text) < 1:
        raise bad_parameter("Param limit must be an integer greater than 0")
    return min(int(text), LARGEST_LIMIT)


def _cursor(call: Call, offset: int) -> str:
    tied = hashlib.sha256(call.request.url.path.encode()).hexdigest()[:8]
    return base64.urlsafe_b64encode(f"{offset}:{tied}".encode()).decode()


def _start(call: Call) -> int:
    after = call.params.get("after")
    if not after:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(after).partition(b":")[0])
    except ValueError as error:
        raise GraphError(2642, "(#2642) Invalid cursors values") from error
    if after != _cursor(call, offset):
        raise GraphError(2642, "(#2642) Invalid cursors values")
    return offset


def _usage(call: Call) -> dict[str, str]:
    """Returns the percentage of the hourly quota in the format of the header (section 6)."""
    used = call.request.app.state.used
    account = call.request.path_params["node"].removeprefix(ACCOUNT_PREFIX)
    used[account] = used.get(account, 0) + 1
    usage = {
        "type": "ads_insights",
        "call_count": min(80, used[account] // 100),
        "total_cputime": 1,
        "total_time": 1,
        "estimated_time_to_regain_access": 0,
        "ads_api_access_tier": "full_access",
    }
    return {"x-business-use-case-usage": json.dumps({account: [usage]})}
