"""What a fault answers instead, in each platform's own words: one module per platform, as the sheets have them."""

from __future__ import annotations

from starlette.responses import Response

from adsync.sandbox.faults import Fault
from adsync.sandbox.wrong_answers import common, meta, salla, shopify, snapchat, tiktok, woocommerce, zid

BY_SOURCE = {
    "meta": meta.ANSWERS,
    "tiktok": tiktok.ANSWERS,
    "snapchat": snapchat.ANSWERS,
    "shopify": shopify.ANSWERS,
    "woocommerce": woocommerce.ANSWERS,
    "salla": salla.ANSWERS,
    "zid": zid.ANSWERS,
}


def instead(fault: Fault) -> Response | None:
    """The answer that takes the place of the right one; None for a fault that only bends it."""
    answers = {**common.ANSWERS, **BY_SOURCE[fault.source]}
    return answers[fault.kind](fault) if fault.kind in answers else None
