"""What a fault answers instead, in each platform's own words: one module per platform, as the sheets have them."""

from __future__ import annotations

from importlib import import_module

from starlette.responses import Response

from adsync.sandbox.faults import SOURCES, Fault
from adsync.sandbox.wrong_answers import common

BY_SOURCE = {source: import_module(f"{__name__}.{source}").ANSWERS for source in SOURCES}


def instead(fault: Fault) -> Response | None:
    """The answer that takes the place of the right one; None for a fault that only bends it."""
    answers = {**common.ANSWERS, **BY_SOURCE[fault.source]}
    return answers[fault.kind](fault) if fault.kind in answers else None
