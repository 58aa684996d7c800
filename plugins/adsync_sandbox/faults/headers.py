"""Alters status and headers of correct responses.

`platforms/<name>/faults.py` has HEADERS by kind of fault, if there are any: values to set, or None to remove a header.
"""

from __future__ import annotations

import json

from starlette.datastructures import MutableHeaders
from starlette.types import Message

from adsync_sandbox.faults.responses import FAULTS
from adsync_sandbox.faults.rows import Headers
from adsync_sandbox.faults.script import Fault

POISONED_ORDER = "poisoned_order"
SERVER_ERROR = 500


def header_faults(source: str) -> Headers:
    """Returns the alterations of this source's headers, by kind of fault."""
    return getattr(FAULTS[source], "HEADERS", {})


def altered_head(fault: Fault, start: Message, body: bytes) -> tuple[Message, bytes]:
    """Returns the altered head, and the body; a poisoned order fails its whole page."""
    headers = MutableHeaders(raw=start["headers"])
    if fault.kind == POISONED_ORDER and fault.field.encode() in body:
        message = "There has been a critical error on this website."
        body = json.dumps({"code": "internal_server_error", "message": message, "data": {"status": 500}}).encode()
        start = {**start, "status": SERVER_ERROR}
    changes = header_faults(fault.source).get(fault.kind)
    for name, value in (changes(fault) if changes else {}).items():
        if value is None:
            del headers[name]
        else:
            headers[name] = value
    headers["content-length"] = str(len(body))
    return start, body
