"""Shopify's token endpoint: refresh tokens that rotate, and client credentials (sheet on Shopify, section 1).

One expiring token is active per shop: a new one revokes the earlier. A refresh token works until the token that it
returned was used.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.token_forms import form_of
from adsync_sandbox.server.token_store import Grant, Refused, TokenStore

BAD_REQUEST, NOT_FOUND = 400, 404
REFRESH, OURSELVES = "refresh_token", "client_credentials"
REFRESH_SECONDS, OWN_SECONDS = 7_776_000, 86_399
SCOPE = "read_orders,read_all_orders"


async def access_token(request: Request) -> Response:
    token_store: TokenStore = request.app.state.token_store
    shop = request.path_params["shop"]
    store = next((one for one in request.app.state.finder.world.stores_of("shopify") if one.id == shop), None)
    if store is None:
        return JSONResponse({"errors": "Not Found"}, NOT_FOUND)
    add_account(request, store.id)
    form = await form_of(request)
    refused = form.error("shopify", (), status=BAD_REQUEST, grants=(REFRESH, OURSELVES))
    if refused is not None:
        return refused
    if form.values["grant_type"] == OURSELVES:
        grant = token_store.reissue(store.conn_id)
        return JSONResponse({"access_token": grant.access, "scope": SCOPE, "expires_in": OWN_SECONDS})
    return _refreshed(token_store, form.values.get(REFRESH, ""))


def _refreshed(token_store: TokenStore, token: str) -> Response:
    try:
        grant: Grant = token_store.refresh("shopify", token)
    except Refused:
        described = "This request requires an active refresh_token"
        return JSONResponse({"error": "invalid_grant", "error_description": described}, BAD_REQUEST)
    body = {"access_token": grant.access, "scope": SCOPE, "expires_in": token_store.seconds_left(grant)}
    return JSONResponse({**body, "refresh_token": grant.refresh, "refresh_token_expires_in": REFRESH_SECONDS})
