"""TikTok's Business API v1.3: advertisers, campaigns, ads, and the daily report.

Errors are HTTP 200 with a code. Campaign lists and reports omit deleted campaigns by default, and have 10 rows per page
by default (sheet on TikTok, sections 2 and 3).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.tiktok import ads, api, gmv_max
from adsync_sandbox.platforms.tiktok.api import authorize, bad_parameter, envelope, paged
from adsync_sandbox.platforms.tiktok.report import check, create, download, integrated
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.token_store import TokenStore

MOST_ADVERTISERS = 100
BASE = "/open_api/v1.3"
CREATED = 1_704_067_200

ADVERTISER: dict[str, Callable[[AdAccount], object]] = {
    "advertiser_id": lambda account: account.id,
    "name": lambda account: account.name,
    "currency": lambda account: account.currency,
    "timezone": lambda account: account.timezone,
    "display_timezone": lambda account: account.timezone,
    "status": lambda _account: "STATUS_ENABLE",
    "country": lambda _account: "SA",
    "balance": lambda _account: 0,
    "create_time": lambda _account: CREATED,
}
SECONDARY = {
    "active": "CAMPAIGN_STATUS_ENABLE",
    "paused": "CAMPAIGN_STATUS_DISABLE",
    # TikTok has no archived status: such campaigns are disabled here.
    "archived": "CAMPAIGN_STATUS_DISABLE",
    "deleted": "CAMPAIGN_STATUS_DELETE",
}
PRIMARY: dict[str, tuple[str, ...]] = {
    "STATUS_ALL": tuple(SECONDARY),
    "STATUS_NOT_DELETE": ("active", "paused", "archived"),
    "STATUS_DELIVERY_OK": ("active",),
    "STATUS_DISABLE": ("paused", "archived"),
    "STATUS_DELETE": ("deleted",),
}


def _utc(campaign: Campaign) -> str:
    local = datetime.combine(campaign.start, time(9, 15), ZoneInfo(campaign.account.timezone))
    return local.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


CAMPAIGN: dict[str, Callable[[Campaign], object]] = {
    "campaign_id": lambda campaign: campaign.id,
    "campaign_name": lambda campaign: campaign.name,
    "advertiser_id": lambda campaign: campaign.account.id,
    "budget": lambda campaign: campaign.daily_spend // 100 + 10,
    "budget_mode": lambda _campaign: "BUDGET_MODE_DAY",
    "operation_status": lambda campaign: "ENABLE" if campaign.status == "active" else "DISABLE",
    "secondary_status": lambda campaign: SECONDARY[campaign.status],
    "objective_type": lambda campaign: "REACH" if campaign.goal == "awareness" else "WEB_CONVERSIONS",
    "campaign_type": lambda _campaign: "REGULAR_CAMPAIGN",
    "is_smart_performance_campaign": lambda campaign: campaign.slot == 1,
    "create_time": _utc,
    "modify_time": _utc,
}


def create_app(world: World, token_store: TokenStore, behavior: Behavior) -> Starlette:
    routes = [
        Route(f"{BASE}/advertiser/info/", advertisers, methods=["GET"]),
        Route(f"{BASE}/campaign/get/", campaigns, methods=["GET"]),
        Route(f"{BASE}/ad/get/", ads.listed, methods=["GET"]),
        Route(f"{BASE}/report/integrated/get/", integrated, methods=["GET"]),
        Route(f"{BASE}/gmv_max/store/list/", gmv_max.stores, methods=["GET"]),
        Route(f"{BASE}/gmv_max/campaign/get/", gmv_max.campaigns, methods=["GET"]),
        Route(f"{BASE}/gmv_max/report/get/", gmv_max.report, methods=["GET"]),
        Route(f"{BASE}/report/task/create/", create, methods=["POST"]),
        Route(f"{BASE}/report/task/check/", check, methods=["GET"]),
        Route(f"{BASE}/report/task/download/", download, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers={api.TikTokError: api.error_response})
    app.router.redirect_slashes = False
    app.state.world, app.state.token_store = world, token_store
    app.state.gmv_max = behavior.tiktok_gmv_max
    app.state.tasks, app.state.polls_until_ready = {}, behavior.polls_until_ready
    return app


def connection(account: AdAccount, base: str, _world: World) -> dict[str, object]:
    return {"host": f"{base}{BASE}", "password": account.token, "extra": {}}


async def advertisers(request: Request) -> Response:
    call = await authorize(request)
    ids = call.json("advertiser_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_ADVERTISERS:
        raise bad_parameter(f"advertiser_ids: a list of 1 to {MOST_ADVERTISERS} ids is needed.")
    fields = call.names("fields", list(ADVERTISER), tuple(ADVERTISER))
    return envelope({"list": [_written(ADVERTISER, fields, call.allowed(str(one))) for one in ids]})


async def campaigns(request: Request) -> Response:
    call = await authorize(request)
    account = call.advertiser()
    fields = call.names("fields", list(CAMPAIGN), tuple(CAMPAIGN))
    filtering = call.json("filtering", {})
    if not isinstance(filtering, dict):
        raise bad_parameter("filtering: Not an object.")
    shown = PRIMARY.get(filtering.get("primary_status", "STATUS_NOT_DELETE"))
    if shown is None:
        raise bad_parameter(f"filtering.primary_status: the sandbox knows {', '.join(PRIMARY)}.")
    wanted = filtering.get("campaign_ids")
    found = [one for one in request.app.state.world.campaigns(account.id) if one.status in shown]
    rows = [_row(one, fields) for one in found if not wanted or one.id in wanted]
    return paged(call, rows)


def _row(campaign: Campaign, fields: list[str]) -> dict[str, object]:
    """Smart+ rows lack modify_time (section 2)."""
    row = _written(CAMPAIGN, fields, campaign)
    if campaign.slot == 1:
        row.pop("modify_time", None)
    return row


def _written(readers: dict[str, Callable], fields: list[str], subject: object) -> dict[str, object]:
    return {name: readers[name](subject) for name in fields}
