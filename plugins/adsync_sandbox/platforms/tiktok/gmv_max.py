"""TikTok's GMV Max campaigns: in no other report and no other list (sheet on TikTok, section "Added 2026-11-30").

With the behavior `tiktok_gmv_max` every advertiser has a shop with one campaign that spends so many cents a day. A page
without rows has no list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adsync_sandbox.generator.money import amount
from adsync_sandbox.platforms.tiktok.api import Call, authorize, bad_parameter, envelope, paged
from adsync_sandbox.platforms.tiktok.report import LONGEST_SPAN, span

SHOP, CAMPAIGN, NAME = "7490000000000000001", "1890000000000000001", "Product GMV Max"
REPORT_TYPES, CAMPAIGN_TYPES = ("PRODUCT", "LIVE"), ("PRODUCT_GMV_MAX", "LIVE_GMV_MAX")
DIMENSIONS = ["campaign_id", "stat_time_day"]
METRICS = ("campaign_name", "cost", "net_cost", "orders", "gross_revenue", "cost_per_order", "roi")
LARGEST_CAMPAIGN_PAGE = 100
ORDERS_PER_DAY, REVENUE_PER_CENT = 3, 4


async def stores(request: Request) -> Response:
    call = await authorize(request)
    call.advertiser()
    shop = {"store_id": SHOP, "store_name": "Shop", "is_gmv_max_available": True}
    return envelope({"store_list": [shop] if _cents(call) else []})


async def campaigns(request: Request) -> Response:
    call = await authorize(request)
    account = call.advertiser()
    call.number("page_size", 10, LARGEST_CAMPAIGN_PAGE)
    types = _filtering(call).get("gmv_max_promotion_types")
    if not types or set(types) - {*CAMPAIGN_TYPES}:
        raise bad_parameter(f"filtering.gmv_max_promotion_types: some of {', '.join(CAMPAIGN_TYPES)}.")
    row = {
        "campaign_id": CAMPAIGN,
        "campaign_name": NAME,
        "advertiser_id": account.id,
        "operation_status": "ENABLE",
        "secondary_status": "CAMPAIGN_STATUS_ENABLE",
        "objective_type": "PRODUCT_SALES",
        "create_time": "2026-01-01 00:00:00",
        "modify_time": "2026-01-01 00:00:00",
    }
    return _listed(call, [row] if _cents(call) and CAMPAIGN_TYPES[0] in types else [])


async def report(request: Request) -> Response:
    """Returns one row per day; of one shop and one promotion type at a time."""
    call = await authorize(request)
    call.advertiser()
    if call.json("store_ids") != [SHOP]:
        raise bad_parameter("store_ids: one shop of this advertiser is needed.")
    types = _filtering(call).get("gmv_max_promotion_types")
    if not isinstance(types, list) or len(types) != 1 or types[0] not in REPORT_TYPES:
        raise bad_parameter("filtering.gmv_max_promotion_types: one type is needed for metrics of campaigns.")
    if call.names("dimensions", DIMENSIONS, ()) != DIMENSIONS:
        raise bad_parameter("dimensions: the sandbox reports campaign_id by stat_time_day.")
    metrics = call.names("metrics", METRICS, ())
    since, until = span(call)
    if (until - since).days >= LONGEST_SPAN:
        raise bad_parameter(f"The max time span is {LONGEST_SPAN} days when the dimension is stat_time_day.")
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    return _listed(call, [_row(call, day, metrics) for day in days if types == ["PRODUCT"]])


def _row(call: Call, day: date, metrics: Sequence[str]) -> dict[str, dict[str, str]]:
    cents = _cents(call)
    values = {
        "campaign_name": NAME,
        "cost": amount(cents),
        "net_cost": amount(cents),
        "orders": str(ORDERS_PER_DAY),
        "gross_revenue": amount(REVENUE_PER_CENT * cents),
        "cost_per_order": amount(cents // ORDERS_PER_DAY),
        "roi": f"{REVENUE_PER_CENT}.00",
    }
    dimensions = {"campaign_id": CAMPAIGN, "stat_time_day": f"{day} 00:00:00"}
    return {"dimensions": dimensions, "metrics": {name: values[name] for name in metrics}}


def _listed(call: Call, rows: Sequence[object]) -> JSONResponse:
    if rows:
        return paged(call, rows)
    return envelope({"page_info": {"page": 1, "page_size": 10, "total_number": 0, "total_page": 0}})


def _filtering(call: Call) -> dict[str, object]:
    filtering = call.json("filtering", {})
    if not isinstance(filtering, dict):
        raise bad_parameter("filtering: Field must be set to object.")
    return filtering


def _cents(call: Call) -> int:
    return call.request.app.state.gmv_max
