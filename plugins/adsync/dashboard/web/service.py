"""Responses of the views, from the response cache or assembled from the dashboard cache and the marts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from adsync.dashboard.cache import JSON
from adsync.dashboard.web import response_cache, uplot
from adsync.dashboard.web.queries import alerts, base, campaign, campaigns, health, orders, overview, reconciliation
from adsync.dashboard.web.queries.base import MartReader, Row
from adsync.dashboard.web.request import BadRequest, ViewRequest
from adsync.dashboard.web.response_cache import ResponseCache

VIEWS: dict[str, Callable[[MartReader, ViewRequest, Row | None], dict[str, Any]]] = {
    "overview": overview.read,
    "campaigns": campaigns.read,
    "campaign": campaign.read,
    "reconciliation": reconciliation.read,
    "alerts": alerts.read,
    "health": health.read,
    "orders": orders.read,
}
WORKSPACES = "select workspace_id as id, name, currency, timezone from adsync.workspaces order by name, workspace_id"
PERIODS = "select period, first_day, last_day, complete from marts.dashboard_metrics where workspace_id = %(workspace)s"


class NotFound(BadRequest):
    """An unknown view, workspace or alert."""


@dataclass(frozen=True)
class Stores:
    """URLs of warehouse and Redis, looked up for every request because connections can be edited at any time."""

    warehouse: Callable[[], str]
    redis: Callable[[], str]


def respond(stores: Stores, view_request: ViewRequest) -> bytes:
    """Returns the JSON of one view; raises BadRequest, TemporaryError or ConfigError."""
    if view_request.view not in VIEWS:
        raise NotFound(f"unknown view {view_request.view!r} (expected {', '.join(VIEWS)})")
    with response_cache.open_cache(stores.redis()) as cache:
        if cached := cache.get(view_request):
            return cached
        with base.open_marts(stores.warehouse()) as marts:
            response = JSON.encode(_assemble(marts, cache, view_request))
        cache.put(view_request, response)
    return response


def acknowledge(stores: Stores, alert_id: int, user_name: str) -> Row:
    """Acknowledges an open alert and invalidates the cached responses of its workspace."""
    with ExitStack() as open_stores:
        marts = open_stores.enter_context(base.open_marts(stores.warehouse()))
        alert = alerts.acknowledge(marts, alert_id, user_name)
        if alert is None:
            raise NotFound(f"unknown open alert {alert_id}: it may have been closed")
        open_stores.enter_context(response_cache.open_cache(stores.redis())).invalidate(alert["workspace_id"])
    return alert


def _assemble(marts: MartReader, cache: ResponseCache, view_request: ViewRequest) -> Row:
    workspaces = marts.rows("workspaces", WORKSPACES, {})
    workspace = _select(workspaces, view_request.workspace_id)
    view_request = replace(view_request, workspace_id=workspace["id"] if workspace else "")
    figures = _figures(cache, view_request)
    data = VIEWS[view_request.view](marts, view_request, figures)
    return {
        "view": view_request.view,
        "period": view_request.period,
        "workspace": workspace,
        "workspaces": [{"id": each["id"], "name": each["name"]} for each in workspaces],
        "periods": {row.pop("period"): row for row in marts.rows("dashboard_metrics", PERIODS, view_request.values)},
        "meta": figures and figures["meta"],
        "charts": uplot.is_installed(),
        "missing": sorted(marts.missing),
        "read_at": datetime.now(UTC),
        "data": data,
    }


def _figures(cache: ResponseCache, view_request: ViewRequest) -> dict[str, msgspec.Raw] | None:
    """Returns the dashboard snapshot with its values as raw JSON, so that no digit changes."""
    text = cache.snapshot(view_request.workspace_id)
    return msgspec.json.decode(text, type=dict[str, msgspec.Raw]) if text else None


def _select(workspaces: list[Row], workspace_id: str) -> Row | None:
    if not workspace_id:
        return next(iter(workspaces), None)
    for each in workspaces:
        if each["id"] == workspace_id:
            return each
    raise NotFound(f"unknown workspace {workspace_id!r}")
