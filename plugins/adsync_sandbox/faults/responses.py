"""Error responses that replace the correct one, in each platform's format.

`platforms/<name>/faults.py` has ANSWERS by kind of fault; `rows`, the lists of records in a response; BENDS, if a fault
alters only its own responses; and, for ads, the `day` of a row and the places of its `claims`.
"""

from __future__ import annotations

from starlette.responses import Response

from adsync_sandbox.faults import common
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms import registry
from adsync_sandbox.platforms.registry import SOURCES

FAULTS = {source: registry.module(source, "faults") for source in SOURCES}


def instead(fault: Fault) -> Response | None:
    """Returns the response that replaces the correct one, None for a fault that only alters it."""
    answers = {**common.ANSWERS, **FAULTS[fault.source].ANSWERS}
    return answers[fault.kind](fault) if fault.kind in answers else None
