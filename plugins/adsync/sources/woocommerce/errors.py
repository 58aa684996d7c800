"""What a WooCommerce site's failures mean: JSON with a `code` is WordPress speaking, HTML is its host.

Keys never expire, so nothing here is a token's end. Messages are localised and never read.
"""

from __future__ import annotations

import msgspec

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TooMuchData
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode_or_none
from adsync.sources.common.http_errors import HTTP_ERROR, TOO_MANY_REQUESTS, UNAUTHORIZED, error_for_status, retry_after

REDIRECTED, FORBIDDEN, NOT_FOUND = 300, 403, 404
CRASHED, UNAVAILABLE, GATEWAY_TIMEOUT = 500, 503, 504
DEFAULT_WAIT = 60.0


class SiteCrashed(TemporaryError):
    """A PHP fatal error: often one order that a plugin cannot show."""


class Problem(msgspec.Struct):
    code: str


PROBLEM = msgspec.json.Decoder(Problem)


def check(response: ApiResponse) -> None:
    """Raise what the status stands for; whatever else comes with a 200 must at least look like JSON."""
    if response.status >= REDIRECTED:
        raise _meaning(response, decode_or_none(response.body, PROBLEM))
    if not response.body.startswith((b"[", b"{")):
        raise TemporaryError(
            "the site responses with something else than JSON (a maintenance page, or notices of PHP before it): "
            "if it stays so, its host has to look"
        )


def _meaning(response: ApiResponse, said: Problem | None) -> AdsyncError:
    text = f"woocommerce answered HTTP {response.status}" + (
        f" {said.code}" if said else " without a code of WordPress"
    )
    wait = retry_after(response.headers)
    if response.status in TOO_MANY_REQUESTS or (response.status == UNAVAILABLE and wait):
        return RateLimited(text, retry_after=wait or DEFAULT_WAIT)
    if response.status < HTTP_ERROR:
        return TemporaryError(f"{text}: it redirects, to a challenge or to another address than the connection's")
    if response.status == CRASHED:
        return SiteCrashed(text)
    if response.status == GATEWAY_TIMEOUT:
        return TooMuchData(text)
    return _refusal(response, said, text)


def _refusal(response: ApiResponse, said: Problem | None, text: str) -> AdsyncError:
    if response.status == UNAUTHORIZED:
        return ReauthRequired(
            f"{text}: create a new key with read permission and put it into the connection; "
            'if the key is right, its host may strip the Authorization header: set "query_keys": "true" in the extra'
        )
    if response.status == FORBIDDEN:
        if said is None:
            return TemporaryError(f"{text}: a firewall is in the way; ask the merchant to allow our User-Agent")
        return ReauthRequired(f"{text}: the key's user may not see orders; give it the role of a shop manager")
    if response.status == NOT_FOUND:
        return PermanentError(
            f"{text}: check the site's address and that WooCommerce is active; a site with plain permalinks "
            'needs "rest_route": "true" in the connection\'s extra, one that renamed wp-json its "rest_prefix"'
        )
    return PermanentError(text) if said else error_for_status("woocommerce", response)
