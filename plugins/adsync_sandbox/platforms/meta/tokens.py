"""Meta's tokens: exchanged while they live, inspected at any time (sheet on Meta, section 1).

There is no refresh token; an exchange of a dead token is error 190, and the earlier token lives on to its end.
"""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adsync_sandbox.platforms.meta.accounts import APP_ID
from adsync_sandbox.platforms.meta.errors import GraphError, bad_parameter
from adsync_sandbox.server.call_accounts import about
from adsync_sandbox.server.token_store import Refused, TokenStore

GRANT = "fb_exchange_token"
SCOPES = ["ads_read"]


async def exchange(request: Request) -> Response:
    """A new token for one that is still valid."""
    params, vault = request.query_params, request.app.state.vault
    if params.get("grant_type") != GRANT:
        raise bad_parameter(f"grant_type must be {GRANT}")
    if params.get("client_id") != APP_ID or not _is_secret(request, params.get("client_secret", "")):
        raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
    try:
        grant = vault.exchange("meta", params.get(GRANT, ""))
    except Refused as error:
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463) from error
    for account_id in vault.ids_of(grant):
        about(request, account_id)
    told = {"access_token": grant.access, "token_type": "bearer"}
    left = vault.left(grant)
    return JSONResponse(told if left is None else {**told, "expires_in": left})


async def inspect(request: Request) -> Response:
    """What a token is worth; 0 for one that never ends."""
    params = request.query_params
    app_id, _, secret = params.get("access_token", "").partition("|")
    if app_id != APP_ID or not _is_secret(request, secret):
        raise GraphError(190, "Invalid OAuth access token signature.")
    token, vault = params.get("input_token", ""), request.app.state.vault
    known: dict[str, object] = {"app_id": APP_ID, "type": "SYSTEM_USER", "is_valid": False, "scopes": SCOPES}
    if vault.owner("meta", token) is None:
        error = {"code": 190, "subcode": 463, "message": "Error validating access token: Session has expired"}
        return JSONResponse({"data": {**known, "error": error}})
    known |= {"is_valid": True, "expires_at": _end(vault, token), "data_access_expires_at": 0}
    return JSONResponse({"data": known})


def _end(vault: TokenStore, token: str) -> int:
    ends = vault.ends(token)
    return 0 if ends is None else int(ends)


def _is_secret(request: Request, secret: str) -> bool:
    accounts = request.app.state.world.accounts_of("meta")
    known = {one.app_secret for one in accounts if one.app_secret}
    return any(hmac.compare_digest(secret, one) for one in known)
