"""WooCommerce's errors: JSON with a `code` comes from WordPress, HTML from its host.

Keys do not expire, so there is no TokenExpired. Messages are localized and not read.
"""

from __future__ import annotations

import msgspec

from adsync.api.json_text import repaired
from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TooMuchData
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode_or_none
from adsync.sources.common.http_errors import HTTP_ERROR, TOO_MANY_REQUESTS, UNAUTHORIZED, error_for_status, retry_after

REDIRECTED, FORBIDDEN, NOT_FOUND = 300, 403, 404
CRASHED, UNAVAILABLE, GATEWAY_TIMEOUT = 500, 503, 504
DEFAULT_WAIT = 60.0
PLAIN_PERMALINKS = 'a site with plain permalinks needs "rest_route": "true" in the connection\'s extra'


class SiteCrashed(TemporaryError):
    """A PHP fatal error, often caused by a plugin and a single order."""


class Problem(msgspec.Struct):
    code: str


PROBLEM = msgspec.json.Decoder(Problem)


def check(response: ApiResponse) -> None:
    """Raises the error of the status, or of a body that is not JSON."""
    if response.status >= REDIRECTED:
        raise _error(response, decode_or_none(response.body, PROBLEM))
    if not repaired(response.body).startswith((b"[", b"{")):
        raise TemporaryError(
            "the site returned no JSON (a maintenance page, or PHP notices before it): if this persists, contact its "
            f"host; {PLAIN_PERMALINKS}"
        )


def _error(response: ApiResponse, problem: Problem | None) -> AdsyncError:
    code = problem.code if problem else "without a WordPress code"
    text = f"woocommerce returned HTTP {response.status} {code}"
    wait = retry_after(response.headers)
    if response.status == UNAVAILABLE and b"maintenance" in response.body:
        text += ": the site is in maintenance mode; if no update is running, delete the file .maintenance in its folder"
    if response.status in TOO_MANY_REQUESTS or (response.status == UNAVAILABLE and wait):
        return RateLimited(text, retry_after=wait or DEFAULT_WAIT)
    if response.status < HTTP_ERROR:
        return TemporaryError(f"{text}: redirected {_target(response)}")
    if response.status == CRASHED:
        return SiteCrashed(f"{text}: PHP failed on the site; its host's error log names the plugin")
    if response.status == GATEWAY_TIMEOUT:
        return TooMuchData(f"{text}: the site took too long to respond")
    if response.status > CRASHED:
        return TemporaryError(f"{text}: the site's server is down or overloaded; if this persists, contact its host")
    return _client_error(response, problem, text)


def _target(response: ApiResponse) -> str:
    """Returns where a redirect leads, without its query, which may contain the key."""
    target = response.headers.get("location", "").partition("?")[0]
    if not target:
        return "without a target"
    return f"to {target}: if that is the site's own address, put it into the connection's host, else it is a challenge"


def _client_error(response: ApiResponse, problem: Problem | None, text: str) -> AdsyncError:
    if response.status == UNAUTHORIZED:
        return ReauthRequired(
            f"{text}: create a new key with read permission and put it into the connection; "
            "if the key is valid, WordPress does not know that it is reached over https (WooCommerce accepts keys only "
            'over https), or the host strips the Authorization header: set "query_keys": "true" in the extra'
        )
    if response.status == FORBIDDEN:
        if problem is None:
            return TemporaryError(f"{text}: blocked by a firewall; ask the merchant to allow the User-Agent of adsync")
        return ReauthRequired(
            f"{text}: the key's user may not read this; give it the role Shop manager (it needs the capabilities "
            "read_private_shop_orders for orders and manage_woocommerce for the currency)"
        )
    if response.status == NOT_FOUND:
        return PermanentError(
            f"{text}: check the site's URL and that WooCommerce is active; {PLAIN_PERMALINKS}, a site that renamed "
            'wp-json its "rest_prefix"'
        )
    return PermanentError(text) if problem else error_for_status("woocommerce", response)
