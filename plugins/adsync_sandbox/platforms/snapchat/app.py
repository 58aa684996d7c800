"""Snapchat's Ads API: organizations, ad accounts, their lists and stats, and the token endpoint.

Deleted campaigns are missing in lists and present in statistics (sheet on Snapchat, sections 1, 2 and 5).
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.snapchat import api
from adsync_sandbox.platforms.snapchat.api import authorize, items, succeeded
from adsync_sandbox.platforms.snapchat.entities import adverts, campaigns, squads
from adsync_sandbox.platforms.snapchat.reports import report, result
from adsync_sandbox.platforms.snapchat.stats import account_stats, campaign_stats
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.token_forms import Form, form_of
from adsync_sandbox.server.token_store import Refused, TokenStore, refresh_settings

UNAUTHORIZED = 401


def create_app(world: World, token_store: TokenStore, behavior: Behavior) -> Starlette:
    routes = [
        Route("/v1/me/organizations", organizations),
        Route("/v1/adaccounts/{id}", ad_account),
        Route("/v1/adaccounts/{id}/campaigns", campaigns),
        Route("/v1/adaccounts/{id}/adsquads", squads),
        Route("/v1/adaccounts/{id}/ads", adverts),
        Route("/v1/adaccounts/{id}/stats", account_stats),
        Route("/v1/adaccounts/{id}/stats_report", report),
        Route("/v1/campaigns/{id}/stats", campaign_stats),
        Route("/results/{run}", result),
        Route("/login/oauth2/access_token", token, methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={api.SnapError: api.error_response})
    app.state.world, app.state.token_store, app.state.reports = world, token_store, {}
    app.state.polls_until_ready, app.state.short_first_pages = behavior.polls_until_ready, behavior.short_first_pages
    app.state.stats_page, app.state.most_in_breakdown = (
        behavior.snapchat_stats_page,
        behavior.snapchat_most_in_breakdown,
    )
    return app


def connection(account: AdAccount, base: str, _world: World) -> dict[str, object]:
    extra = refresh_settings(account, f"{base}/login/oauth2/access_token")
    return {"host": f"{base}/v1", "password": account.token, "extra": extra}


async def organizations(request: Request) -> Response:
    call = await authorize(request)
    for one in call.accounts:
        add_account(request, one.id)
    ours = [_account(one) for one in call.accounts]
    known = {"ad_accounts": ours} if call.params.get("with_ad_accounts") == "true" else {}
    organisation = {"id": _organization(call.accounts[0]), "name": call.accounts[0].name, **known}
    return succeeded("success", **items("organizations", "organization", [organisation]))


async def ad_account(request: Request) -> Response:
    call = await authorize(request)
    return succeeded(**items("adaccounts", "adaccount", [_account(call.account())]))


async def token(request: Request) -> Response:
    """Takes a form; OAuth errors have another shape than the API's."""
    form = await form_of(request)
    if (refused := form.error("snapchat", ("refresh_token",), status=UNAUTHORIZED)) is not None:
        return refused
    return _refreshed(request, form)


def _refreshed(request: Request, form: Form) -> Response:
    token_store: TokenStore = request.app.state.token_store
    try:
        grant = token_store.refresh("snapchat", form.values["refresh_token"])
    except Refused:
        described = {"error": "invalid_grant", "error_description": "The refresh token was revoked."}
        return JSONResponse(described, UNAUTHORIZED)
    for account_id in token_store.account_ids(grant):
        add_account(request, account_id)
    body = {"access_token": grant.access, "token_type": "Bearer", "expires_in": token_store.seconds_left(grant)}
    return JSONResponse({**body, "scope": "snapchat-marketing-api", "refresh_token": grant.refresh})


def _organization(account: AdAccount) -> str:
    return f"40d6719b-da09-410b-9185-0cc9c0dfed{account.place:02d}"


def _account(account: AdAccount) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "type": "DIRECT",
        "status": "ACTIVE",
        "organization_id": _organization(account),
        "currency": account.currency,
        "timezone": account.timezone,
        "created_at": "2024-01-04T09:00:00.000Z",
        "updated_at": "2026-01-04T09:00:00.000Z",
    }
