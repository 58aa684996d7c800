"""What a fault answers instead, in each platform's own words: one module per platform, as the sheets have them.

A module has ANSWERS by kind of fault; `rows`, the lists of records in an answer; BENDS, if there are faults that bend
only its own answers; and, for ads, the `day` of a row, and the places where its `claims` stand.
"""

from __future__ import annotations

from starlette.responses import Response

from adsync_sandbox.faults import common
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms import registry
from adsync_sandbox.platforms.registry import SOURCES

OF = {source: registry.module(source, "faults") for source in SOURCES}


def instead(fault: Fault) -> Response | None:
    """The answer that takes the place of the right one; None for a fault that only bends it."""
    answers = {**common.ANSWERS, **OF[fault.source].ANSWERS}
    return answers[fault.kind](fault) if fault.kind in answers else None
