"""Meta's token endpoints: exchange of a valid token, inspection of any token (sheet on Meta, section 1).

There is no refresh token. Exchanging an expired token is error 190; the earlier token stays valid until its expiry.
"""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adsync_sandbox.platforms.meta.accounts import APP_ID
from adsync_sandbox.platforms.meta.errors import GraphError, bad_parameter
from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.token_store import Refused, TokenStore

GRANT = "fb_exchange_token"
SCOPES = ["ads_read"]


async def exchange(request: Request) -> Response:
    """Returns a new token for one that is still valid."""
    params, token_store = request.query_params, request.app.state.token_store
    if params.get("grant_type") != GRANT:
        raise bad_parameter(f"grant_type must be {GRANT}")
    if params.get("client_id") != APP_ID or not _is_secret(request, params.get("client_secret", "")):
        raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
    try:
        grant = token_store.exchange("meta", params.get(GRANT, ""))
    except Refused as error:
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463) from error
    for account_id in token_store.account_ids(grant):
        add_account(request, account_id)
    body = {"access_token": grant.access, "token_type": "bearer"}
    left = token_store.seconds_left(grant)
    return JSONResponse(body if left is None else {**body, "expires_in": left})


async def inspect(request: Request) -> Response:
    """Returns a token's validity; expiry 0 means never."""
    params = request.query_params
    app_id, _, secret = params.get("access_token", "").partition("|")
    if app_id != APP_ID or not _is_secret(request, secret):
        raise GraphError(190, "Invalid OAuth access token signature.")
    token, token_store = params.get("input_token", ""), request.app.state.token_store
    known: dict[str, object] = {"app_id": APP_ID, "type": "SYSTEM_USER", "is_valid": False, "scopes": SCOPES}
    if token_store.owner("meta", token) is None:
        error = {"code": 190, "subcode": 463, "message": "Error validating access token: Session has expired"}
        return JSONResponse({"data": {**known, "error": error}})
    known |= {"is_valid": True, "expires_at": _end(token_store, token), "data_access_expires_at": 0}
    return JSONResponse({"data": known})


def _end(token_store: TokenStore, token: str) -> int:
    ends = token_store.expires_at(token)
    return 0 if ends is None else int(ends)


def _is_secret(request: Request, secret: str) -> bool:
    accounts = request.app.state.world.accounts_of("meta")
    known = {one.app_secret for one in accounts if one.app_secret}
    return any(hmac.compare_digest(secret, one) for one in known)
