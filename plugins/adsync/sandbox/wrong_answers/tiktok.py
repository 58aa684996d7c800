"""TikTok's wrong answers: HTTP 200 and a code (sheet on TikTok, sections 4, 6 and 7)."""

from __future__ import annotations

from starlette.responses import Response

from adsync.sandbox.faults import Fault
from adsync.sandbox.tiktok_calls import NO_PERMISSION, TOKEN_WRONG, envelope
from adsync.sandbox.wrong_answers.common import Answers

A_DAY = 86_400


def _limited(fault: Fault) -> Response:
    """TikTok says which limit was reached, never how long to wait."""
    if not fault.wait:
        return envelope({}, 40100, "App reaches the QPS limit.")
    return envelope({}, 40100, f"App reaches the {'QPD' if fault.wait >= A_DAY else 'QPM'} limit.")


def _expired(_fault: Fault) -> Response:
    return envelope({}, TOKEN_WRONG, "Access token is incorrect or has been revoked.")


def _denied(_fault: Fault) -> Response:
    return envelope({}, NO_PERMISSION, "No permission to operate the advertiser.")


def _overburdened(_fault: Fault) -> Response:
    return envelope({}, 51001, "Internal time out, please reduce the time range.")


def _internal(_fault: Fault) -> Response:
    return envelope({}, 50000, "System error")


ANSWERS: Answers = {
    "rate_limited": _limited,
    "token_expired": _expired,
    "permission_denied": _denied,
    "too_much_data": _overburdened,
    "internal_error": _internal,
}
