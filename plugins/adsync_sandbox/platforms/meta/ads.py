"""Meta's list of ads with their ad sets and campaigns; archived ones only on request, deleted ones never."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from adsync_sandbox.generator.ads.ad_sets import Ad, ads
from adsync_sandbox.platforms.meta.api import authorize
from adsync_sandbox.platforms.meta.errors import bad_parameter
from adsync_sandbox.platforms.meta.pages import page

BELOW = {"CAMPAIGN_PAUSED", "ADSET_PAUSED", "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED", "PENDING_BILLING_INFO"}
STATUSES = {"ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES", *BELOW}
SHOWN_UNASKED = STATUSES - {"ARCHIVED", "DELETED"}
# The effective status of an ad names the level that is paused.
EFFECTIVE = {"active": "ACTIVE", "paused": "CAMPAIGN_PAUSED", "archived": "ARCHIVED", "deleted": "DELETED"}


def _effective(ad: Ad) -> str:
    return EFFECTIVE[ad.ad_set.campaign.status]


FIELDS = {
    "id": lambda ad: ad.id,
    "name": lambda ad: ad.name,
    "campaign_id": lambda ad: ad.ad_set.campaign.id,
    "adset_id": lambda ad: ad.ad_set.id,
    # A field of a field, in the Graph API's syntax; the id is always included.
    "adset{name}": lambda ad: {"name": ad.ad_set.name, "id": ad.ad_set.id},
    "status": lambda ad: "ACTIVE" if ad.ad_set.campaign.status == "paused" else _effective(ad),
    "effective_status": _effective,
}


async def listed(request: Request) -> Response:
    """Returns the account's ads with the requested effective_status."""
    call = await authorize(request)
    account = call.account(request.path_params["node"])
    fields = dict.fromkeys(("id", *call.fields(FIELDS, ())))
    shown = call.json("effective_status")
    if shown is not None and (not isinstance(shown, list) or set(shown) - STATUSES):
        raise bad_parameter(f"effective_status must be a JSON array of {', '.join(sorted(STATUSES))}.")
    wanted = SHOWN_UNASKED if shown is None else set(shown) - {"DELETED"}
    found = [ad for campaign in request.app.state.world.campaigns(account.id) for ad in ads(campaign)]
    kept = [ad for ad in found if _effective(ad) in wanted]
    return page(call, kept, lambda ad: {name.partition("{")[0]: FIELDS[name](ad) for name in fields})
