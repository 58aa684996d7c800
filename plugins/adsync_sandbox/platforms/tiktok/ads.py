"""TikTok's list of ads with the names of their parents; deleted ones only on request, 10 per page by default."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from adsync_sandbox.generator.ads.ad_sets import Ad, ads
from adsync_sandbox.platforms.tiktok.api import authorize, bad_parameter, paged

FIELDS: dict[str, Callable[[Ad], object]] = {
    "advertiser_id": lambda ad: ad.ad_set.campaign.account.id,
    "campaign_id": lambda ad: ad.ad_set.campaign.id,
    "campaign_name": lambda ad: ad.ad_set.campaign.name,
    "adgroup_id": lambda ad: ad.ad_set.id,
    "adgroup_name": lambda ad: ad.ad_set.name,
    "ad_id": lambda ad: ad.id,
    "ad_name": lambda ad: ad.name,
    "operation_status": lambda ad: "ENABLE" if ad.ad_set.campaign.status == "active" else "DISABLE",
}
PRIMARY = {"STATUS_ALL": True, "STATUS_NOT_DELETE": False}


async def listed(request: Request) -> Response:
    call = await authorize(request)
    account = call.advertiser()
    fields = call.names("fields", list(FIELDS), tuple(FIELDS))
    filtering = call.json("filtering", {})
    if not isinstance(filtering, dict):
        raise bad_parameter("filtering: Not an object.")
    deleted_too = PRIMARY.get(filtering.get("primary_status", "STATUS_NOT_DELETE"))
    if deleted_too is None:
        raise bad_parameter(f"filtering.primary_status: the sandbox knows {', '.join(PRIMARY)}.")
    shown = [one for one in request.app.state.world.campaigns(account.id) if deleted_too or one.status != "deleted"]
    return paged(call, [{name: FIELDS[name](ad) for name in fields} for one in shown for ad in ads(one)])
