"""Snapchat's lists of campaigns, ad squads and ads: 50 to 1000 per page, without deleted ones.

An ad names its squad, a squad its campaign (sheet on Snapchat, sections 2 and 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from adsync_sandbox.generator.ads.ad_sets import Ad, AdSet, ad_sets, ads
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.platforms.snapchat.api import Call, authorize, bad_parameter, items, succeeded

MICROS_PER_CENT = 10_000
SMALLEST_LIMIT, LARGEST_LIMIT = 50, 1000

Row = dict[str, object]


async def campaigns(request: Request) -> Response:
    call = await authorize(request)
    return _page(call, "campaigns", "campaign", [_campaign(one) for one in _there(call)])


async def squads(request: Request) -> Response:
    call = await authorize(request)
    return _page(call, "adsquads", "adsquad", [_squad(each) for one in _there(call) for each in ad_sets(one)])


async def adverts(request: Request) -> Response:
    call = await authorize(request)
    return _page(call, "ads", "ad", [_ad(each) for one in _there(call) for each in ads(one)])


def _there(call: Call) -> list[Campaign]:
    return [one for one in call.world.campaigns(call.account().id) if one.status != "deleted"]


def _page(call: Call, many: str, one: str, rows: Sequence[Row]) -> Response:
    start, limit = call.start(), _limit(call)
    end = start + limit
    if start == 0 and call.request.app.state.short_first_pages:
        end = min(end, max(1, len(rows) // 2))
    paging = {"paging": call.next_link(end)} if end < len(rows) else {"paging": {}}
    return succeeded(**paging, **items(many, one, list(rows[start:end])))


def _limit(call: Call) -> int:
    text = call.params.get("limit", str(SMALLEST_LIMIT))
    if not text.isdigit() or not SMALLEST_LIMIT <= int(text) <= LARGEST_LIMIT:
        raise bad_parameter(f"limit must be between {SMALLEST_LIMIT} and {LARGEST_LIMIT}")
    return int(text)


def _squad(squad: AdSet) -> Row:
    status = "ACTIVE" if squad.campaign.status == "active" else "PAUSED"
    return {"id": squad.id, "campaign_id": squad.campaign.id, "name": squad.name, "status": status, "type": "SNAP_ADS"}


def _ad(ad: Ad) -> Row:
    status = "ACTIVE" if ad.ad_set.campaign.status == "active" else "PAUSED"
    return {"id": ad.id, "ad_squad_id": ad.ad_set.id, "name": ad.name, "status": status, "type": "REMOTE_WEBPAGE"}


def _campaign(campaign: Campaign) -> dict[str, object]:
    """Every third campaign has its budget on its ad squads; an open end is absent."""
    row = {
        "id": campaign.id,
        "ad_account_id": campaign.account.id,
        "name": campaign.name,
        "status": "ACTIVE" if campaign.status == "active" else "PAUSED",
        "daily_budget_micro": campaign.daily_spend * MICROS_PER_CENT if campaign.slot % 3 else None,
        "objective": "BRAND_AWARENESS" if campaign.goal == "awareness" else "WEB_CONVERSION",
        "buy_model": "AUCTION",
        "start_time": _utc(campaign, campaign.start),
        "end_time": _utc(campaign, campaign.end),
        "created_at": _utc(campaign, campaign.start),
        "updated_at": _utc(campaign, campaign.start if campaign.status == "active" else campaign.end),
        "delivery_status": ["VALID"],
    }
    return {name: value for name, value in row.items() if value is not None}


def _utc(campaign: Campaign, day: date | None) -> str | None:
    if day is None:
        return None
    local = datetime.combine(day, time(9, 15), ZoneInfo(campaign.account.timezone))
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
