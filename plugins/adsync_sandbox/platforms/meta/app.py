"""Meta's Marketing API: `/v26.0/act_<id>`, its campaigns and ads, its insights, and report runs.

Errors are HTTP 4xx with a decisive `error.code`. The campaign list includes archived campaigns on request only, and
deleted ones never (sheet on Meta, section 2).
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.meta import ads, errors
from adsync_sandbox.platforms.meta.accounts import APP_ID
from adsync_sandbox.platforms.meta.api import Call, authorize
from adsync_sandbox.platforms.meta.errors import bad_parameter
from adsync_sandbox.platforms.meta.insights import insights, poll, run_of
from adsync_sandbox.platforms.meta.pages import page
from adsync_sandbox.platforms.meta.rows import objective
from adsync_sandbox.platforms.meta.tokens import exchange, inspect
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.token_store import TokenStore

STATUSES = {"ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"}
SHOWN_UNASKED = {"ACTIVE", "PAUSED", "IN_PROCESS", "WITH_ISSUES"}
ACTIVE_ACCOUNT = 1
API_VERSION = "v26.0"

ACCOUNT_FIELDS = {
    "id": lambda account: f"act_{account.id}",
    "account_id": lambda account: account.id,
    "name": lambda account: account.name,
    "currency": lambda account: account.currency,
    "timezone_name": lambda account: account.timezone,
    "account_status": lambda _account: ACTIVE_ACCOUNT,
    "amount_spent": lambda _account: "0",
}


def _at(campaign: Campaign, day: date | None) -> str | None:
    if day is None:
        return None
    local = datetime.combine(day, time(9, 15), ZoneInfo(campaign.account.timezone))
    return local.strftime("%Y-%m-%dT%H:%M:%S%z")


CAMPAIGN_FIELDS = {
    "id": lambda campaign: campaign.id,
    "account_id": lambda campaign: campaign.account.id,
    "name": lambda campaign: campaign.name,
    "status": lambda campaign: campaign.status.upper(),
    "configured_status": lambda campaign: campaign.status.upper(),
    "effective_status": lambda campaign: campaign.status.upper(),
    "objective": objective,
    "buying_type": lambda _campaign: "AUCTION",
    # Minor units; every third campaign has its budget on the ad sets instead.
    "daily_budget": lambda campaign: str(campaign.daily_spend * 11 // 10) if campaign.slot % 3 else None,
    "lifetime_budget": lambda _campaign: None,
    "start_time": lambda campaign: _at(campaign, campaign.start),
    "stop_time": lambda campaign: _at(campaign, campaign.end),
    "created_time": lambda campaign: _at(campaign, campaign.start),
    "updated_time": lambda campaign: _at(campaign, campaign.start if campaign.status == "active" else campaign.end),
}


def create_app(world: World, token_store: TokenStore, behavior: Behavior) -> Starlette:
    routes = [
        Route("/oauth/access_token", exchange),
        Route("/{version}/oauth/access_token", exchange),
        Route("/debug_token", inspect),
        Route("/{version}/debug_token", inspect),
        Route("/{version}/{node}", node, methods=["GET"]),
        Route("/{version}/{node}/campaigns", campaigns, methods=["GET"]),
        Route("/{version}/{node}/ads", ads.listed, methods=["GET"]),
        Route("/{version}/{node}/insights", insights, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={errors.GraphError: errors.error_response})
    app.state.world, app.state.token_store, app.state.runs, app.state.used = world, token_store, {}, {}
    app.state.polls_until_ready, app.state.short_first_pages = behavior.polls_until_ready, behavior.short_first_pages
    return app


def connection(account: AdAccount, base: str, _world: World) -> dict[str, object]:
    app = {"app_id": APP_ID, "app_secret": account.app_secret} if account.app_secret else {}
    more = {"token_url": f"{base}/oauth/access_token"} if app else {}
    return {"host": base, "password": account.token, "extra": {"api_version": API_VERSION, **app, **more}}


async def node(request: Request) -> Response:
    """Returns an ad account or a report run."""
    call = await authorize(request)
    name = request.path_params["node"]
    if name.isdigit():
        return poll(call, run_of(call, name))
    return JSONResponse(_node(call, call.account(name)))


def _node(call: Call, account: AdAccount) -> dict[str, object]:
    names = call.fields(ACCOUNT_FIELDS, ())
    return {name: ACCOUNT_FIELDS[name](account) for name in dict.fromkeys(("id", *names))}


async def campaigns(request: Request) -> Response:
    """Returns the account's campaigns with the requested effective_status."""
    call = await authorize(request)
    account = call.account(request.path_params["node"])
    fields = dict.fromkeys(("id", *call.fields(CAMPAIGN_FIELDS, ())))
    shown = _shown(call)
    found = [one for one in request.app.state.world.campaigns(account.id) if one.status.upper() in shown]
    return page(call, found, lambda campaign: _written(campaign, fields))


def _shown(call: Call) -> set[str]:
    asked = call.json("effective_status")
    if asked is None:
        return SHOWN_UNASKED
    if not isinstance(asked, list) or set(asked) - STATUSES:
        raise bad_parameter(f"effective_status must be a JSON array of {', '.join(sorted(STATUSES))}.")
    return set(asked) - {"DELETED"}


def _written(campaign: Campaign, fields: dict[str, None]) -> dict[str, object]:
    values = {name: CAMPAIGN_FIELDS[name](campaign) for name in fields}
    return {name: value for name, value in values.items() if value is not None}
