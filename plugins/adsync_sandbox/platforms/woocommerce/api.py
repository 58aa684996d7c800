"""Finds the WooCommerce site and route of a call, and authorizes it (sheet on WooCommerce, section 1).

A site has its own path. With plain permalinks every /wp-json URL is a 404 and the route is in ?rest_route= of the front
page, which may have any path below /index.php. Keys are looked at only if the address as sent contains wp-json/wc/. A
call with an unknown key is anonymous; a known key with a wrong secret is rejected.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1

from starlette.requests import Request
from starlette.responses import JSONResponse

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.server.call_accounts import add_account

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
PREFIX = "/wp-json"
FRONT_PAGE = "/index.php"
KEYED = "wp-json/wc/"
CANNOT_VIEW, NOT_AUTHENTICATED = "woocommerce_rest_cannot_view", "woocommerce_rest_authentication_error"
# A key's permission, and that of its WordPress user.
KINDS = ("read", "write", "powerless")


class WooError(Exception):
    """An error response: {code, message, data: {status}}."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


async def error_response(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, WooError):
        raise error
    body = {"code": error.code, "message": error.message, "data": {"status": error.status}}
    return JSONResponse(body, error.status)


def invalid(name: str, why: str) -> WooError:
    return WooError(BAD_REQUEST, "rest_invalid_param", f"Invalid parameter(s): {name}: {why}")


def no_route() -> WooError:
    message = "No route was found matching the URL and request method."
    return WooError(NOT_FOUND, "rest_no_route", message)


def consumer_key(store: Store, kind: str = "read") -> str:
    return f"ck_{_digest('key', store, kind)}"


def consumer_secret(store: Store, kind: str = "read") -> str:
    return f"cs_{_digest('secret', store, kind)}"


def _digest(what: str, store: Store, kind: str) -> str:
    return sha1(f"{what}/{store.id}/{kind}".encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Call:
    """A call of one site: the route below /wp-json, and the parameters."""

    request: Request
    store: Store
    route: str
    params: Mapping[str, str]


def resolve(request: Request) -> Call:
    """Finds site and route; authorization follows later."""
    path = f"/{request.path_params['path']}"
    for store in request.app.state.world.stores_of("woocommerce"):
        root = f"/{store.id}{store.path}"
        if path == root or path.startswith(f"{root}/"):
            add_account(request, store.id)
            return _routed(request, store, path.removeprefix(root))
    raise no_route()


def _routed(request: Request, store: Store, below: str) -> Call:
    params = dict(request.query_params.multi_items())
    is_front = below in {"", "/", FRONT_PAGE} or below.startswith(f"{FRONT_PAGE}/")
    if is_front and "rest_route" in params:
        return Call(request, store, _trimmed(params.pop("rest_route")), params)
    if store.plain_permalinks or not (below == PREFIX or below.startswith(f"{PREFIX}/")):
        raise no_route()
    return Call(request, store, _trimmed(below.removeprefix(PREFIX)), params)


def _trimmed(route: str) -> str:
    return f"/{route.strip('/')}"


def authorize(call: Call) -> None:
    """Authorizes by the four cases of the sheet's table."""
    key, secret = _credentials(call)
    kind = next((one for one in KINDS if consumer_key(call.store, one) == key), None)
    if kind is None:
        raise WooError(UNAUTHORIZED, CANNOT_VIEW, "Sorry, you cannot list resources.")
    if secret != consumer_secret(call.store, kind):
        raise WooError(UNAUTHORIZED, NOT_AUTHENTICATED, "Consumer secret is invalid.")
    if kind == "write":
        raise WooError(UNAUTHORIZED, NOT_AUTHENTICATED, "The API key provided does not have read permissions.")
    if kind == "powerless":
        raise WooError(FORBIDDEN, CANNOT_VIEW, "Sorry, you cannot list resources.")


def _credentials(call: Call) -> tuple[str, str]:
    address = (
        call.request.scope.get("raw_path", call.request.url.path.encode()) + b"?" + call.request.scope["query_string"]
    )
    if KEYED.encode() not in address:
        return "", ""
    scheme, _, encoded = call.request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "basic":
        return call.params.get("consumer_key", ""), call.params.get("consumer_secret", "")
    try:
        key, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return key, secret
