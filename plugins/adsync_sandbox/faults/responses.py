"""Error responses that replace the correct one, in each platform's format.

`platforms/<name>/faults.py` has RESPONSES by kind of fault; `rows`, the lists of records in a response; ALTERATIONS and
HEADERS, if a fault alters this platform's responses only; for ads, the `day` of a row and the places of its `claims`.
"""

from __future__ import annotations

from starlette.responses import Response

from adsync_sandbox.faults import common
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms import registry
from adsync_sandbox.platforms.registry import SOURCES

FAULTS = {source: registry.module(source, "faults") for source in SOURCES}


def replacement(fault: Fault) -> Response | None:
    """Returns the response that replaces the correct one, None for a fault that only alters it."""
    answers = {**common.RESPONSES, **FAULTS[fault.source].RESPONSES}
    return answers[fault.kind](fault) if fault.kind in answers else None
