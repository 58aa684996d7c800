"""answer_key.json: spend, claims, attributed revenue, ROAS, alerts and issues that adsync must compute.

Native amounts have two decimals, reporting amounts four; all are strings. Claims are counted by the contract: one
purchase type per account, so purchases seen by the pixel alone count as 0 if the account reports omni_purchase.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from adsync_sandbox.expected.last_click import decide
from adsync_sandbox.expected.matching import Directory, directory
from adsync_sandbox.expected.revenue_rules import (
    AnyOrder,
    collected_cents,
    has_documented_status,
    is_revenue,
    net_cents,
)
from adsync_sandbox.generator.accounts import AdAccount, Workspace
from adsync_sandbox.generator.ads.anomalies import ALERTS, anomaly_of
from adsync_sandbox.generator.ads.campaigns import NEVER_SHOWN, Campaign
from adsync_sandbox.generator.ads.delivery import Delivery
from adsync_sandbox.generator.money import amount, reporting
from adsync_sandbox.generator.world import World

Row = dict[str, object]
ZERO = Decimal("0.0000")


def answer_key(world: World) -> Row:
    """Returns the whole key, ready for JSON, in the shape of the contract."""
    attributed = {workspace.id: _attributed(world, workspace) for workspace in world.workspaces}
    return {
        "now": world.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seed": world.seed,
        "campaign_days": [_campaign_day(row) for account in world.ad_accounts for row in world.deliveries(account.id)],
        "attribution": [row for one in world.workspaces for row in _by_campaign(one, attributed[one.id])],
        "workspace_roas": [row for one in world.workspaces for row in _roas(world, one, attributed[one.id])],
        "alerts": _alerts(world),
        "issues": _issues(world),
    }


def claims(row: Delivery) -> tuple[int, int]:
    """Returns the conversions and cents that the platform claims, as adsync counts them."""
    counted = row.campaign.goal != "pixel_only" or not row.campaign.account.reports_omni_purchase
    return (row.conversions, row.revenue) if counted else (0, 0)


def workspace_directory(world: World, workspace_id: str) -> Directory:
    """Returns all campaigns of a workspace: deleted ones that are not listed still have rows in the statistics."""
    ours = [account.id for account in world.ad_accounts if account.workspace_id == workspace_id]
    return directory(campaign for account_id in ours for campaign in world.campaigns(account_id))


def workspace_orders(world: World, workspace_id: str) -> list[AnyOrder]:
    return [one for store in world.stores if store.workspace_id == workspace_id for one in world.store_orders(store.id)]


def _campaign_day(row: Delivery) -> Row:
    conversions, revenue = claims(row)
    account = row.campaign.account
    return {
        "workspace_id": account.workspace_id,
        "platform": account.platform,
        "account_id": account.id,
        "campaign_id": row.campaign.id,
        "date": row.date.isoformat(),
        "impressions": row.impressions,
        "clicks": row.clicks,
        "spend": amount(row.spend),
        "conversions": conversions,
        "revenue": amount(revenue),
        "currency": account.currency,
    }


def _attributed(world: World, workspace: Workspace) -> list[tuple[AnyOrder, Campaign, Decimal]]:
    known = workspace_directory(world, workspace.id)
    decided = [(order, decide(order, known).campaign) for order in workspace_orders(world, workspace.id)]
    return [(order, campaign, _net(order, workspace)) for order, campaign in decided if campaign]


def _net(order: AnyOrder, workspace: Workspace) -> Decimal:
    return reporting(net_cents(order), order.store.currency, workspace.currency)


def _by_campaign(workspace: Workspace, attributed: list[tuple[AnyOrder, Campaign, Decimal]]) -> list[Row]:
    orders: Counter[Campaign] = Counter()
    revenue: dict[Campaign, Decimal] = defaultdict(lambda: ZERO)
    for _, campaign, net in attributed:
        orders[campaign] += 1
        revenue[campaign] += net
    return [
        {
            "workspace_id": workspace.id,
            "platform": campaign.account.platform,
            "campaign_id": campaign.id,
            "attributed_orders": orders[campaign],
            "attributed_revenue": str(revenue[campaign]),
        }
        for campaign in sorted(orders, key=lambda one: one.id)
    ]


class DaySums:
    """Sums per (day, platform); a cell exists once a value was added."""

    def __init__(self) -> None:
        self.cells: dict[tuple[date, str], dict[str, Decimal | int]] = {}

    def add(self, day: date, platform: str, **amounts: Decimal | int) -> None:
        cell = self.cells.setdefault((day, platform), {})
        for name, value in amounts.items():
            cell[name] = cell.get(name, 0) + value


def _roas(world: World, workspace: Workspace, attributed: list[tuple[AnyOrder, Campaign, Decimal]]) -> list[Row]:
    sums = DaySums()
    for account in (one for one in world.ad_accounts if one.workspace_id == workspace.id):
        _add_claims(sums, world, account, workspace)
    for order, campaign, net in attributed:
        account = campaign.account
        collected = reporting(collected_cents(order), order.store.currency, workspace.currency)
        amounts = {"orders": 1, "attributed": net, "collected": collected}
        sums.add(_day(order.placed_at, account.timezone), account.platform, **amounts)
        sums.add(_day(order.placed_at, workspace.timezone), "all", **amounts)
    for order in filter(is_revenue, workspace_orders(world, workspace.id)):
        sums.add(_day(order.placed_at, workspace.timezone), "all", store=_net(order, workspace))
    return [_roas_row(workspace, day, platform, cell) for (day, platform), cell in sorted(sums.cells.items())]


def _add_claims(sums: DaySums, world: World, account: AdAccount, workspace: Workspace) -> None:
    for row in world.deliveries(account.id):
        conversions, revenue = claims(row)
        amounts = {
            "spend": reporting(row.spend, account.currency, workspace.currency),
            "claimed": reporting(revenue, account.currency, workspace.currency),
            "conversions": conversions,
        }
        sums.add(row.date, account.platform, **amounts)
        sums.add(row.date, "all", **amounts)


def _roas_row(workspace: Workspace, day: date, platform: str, cell: dict[str, Decimal | int]) -> Row:
    return {
        "workspace_id": workspace.id,
        "date": day.isoformat(),
        "platform": platform,
        "spend": str(cell.get("spend", ZERO)),
        "attributed_revenue": str(cell.get("attributed", ZERO)),
        "attributed_orders": cell.get("orders", 0),
        "claimed_revenue": str(cell.get("claimed", ZERO)),
        "claimed_conversions": cell.get("conversions", 0),
        "store_revenue": str(cell.get("store", ZERO)) if platform == "all" else None,
        "collected_revenue": str(cell.get("collected", ZERO)),
    }


def _day(at: datetime, timezone: str) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()


def _planted(world: World, account: AdAccount, slot: int) -> Row:
    campaign = next(one for one in world.campaigns(account.id) if one.slot == slot)
    yesterday = world.today(campaign.account.timezone) - timedelta(days=1)
    return {
        "workspace_id": campaign.account.workspace_id,
        "platform": campaign.account.platform,
        "campaign_id": campaign.id,
        "date": yesterday.isoformat(),
    }


def _alerts(world: World) -> list[Row]:
    return [
        {**_planted(world, account, slot), "type": alert}
        for account in world.ad_accounts
        for slot in account.planted
        for alert in ALERTS.get(anomaly_of(account, slot) or "", ())
    ]


def _issues(world: World) -> list[Row]:
    return [*_silent_campaigns(world), *(row for one in world.workspaces for row in _undocumented(world, one))]


def _silent_campaigns(world: World) -> list[Row]:
    silent = [
        _planted(world, account, slot)
        for account in world.ad_accounts
        for slot, planted in account.planted.items()
        if planted == NEVER_SHOWN
    ]
    keys = ("workspace_id", "campaign_id", "date")
    return [{key: row[key] for key in keys} | {"type": "missing_metrics"} for row in silent]


def _undocumented(world: World, workspace: Workspace) -> list[Row]:
    """Returns one row per store with undocumented statuses, on the last day of such an order."""
    last: dict[str, date] = {}
    for order in workspace_orders(world, workspace.id):
        if not has_documented_status(order):
            day = _day(order.placed_at, workspace.timezone)
            last[order.store.id] = max(day, last.get(order.store.id, day))
    about = {"workspace_id": workspace.id, "type": "unknown_status", "campaign_id": None}
    return [about | {"date": day.isoformat()} for day in last.values()]
