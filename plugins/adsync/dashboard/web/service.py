"""One answer per question: from Redis when it was asked within the minute, else assembled from cache and marts."""

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
from adsync.dashboard.web.request import BadRequest, Question
from adsync.dashboard.web.response_cache import ResponseCache

VIEWS: dict[str, Callable[[MartReader, Question, Row | None], dict[str, Any]]] = {
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
    """There is no such view, workspace or alert."""


@dataclass(frozen=True)
class Stores:
    """Where warehouse and Redis are, asked anew for every request: connections may be edited meanwhile."""

    warehouse: Callable[[], str]
    redis: Callable[[], str]


def answer(stores: Stores, asked: Question) -> bytes:
    """The JSON of one view; BadQuestion, TemporaryError or ConfigError say why there is none."""
    if asked.view not in VIEWS:
        raise NotFound(f"there is no view {asked.view!r}: ask for one of {', '.join(VIEWS)}")
    with response_cache.opened(stores.redis()) as cache:
        if found := cache.answer(asked):
            return found
        with base.opened(stores.warehouse()) as source:
            made = JSON.encode(_assembled(source, cache, asked))
        cache.keep(asked, made)
    return made


def acknowledge(stores: Stores, alert_id: int, who: str) -> Row:
    """Note that somebody has seen an open alert, and forget the answers that say otherwise."""
    with ExitStack() as open_stores:
        source = open_stores.enter_context(base.opened(stores.warehouse()))
        seen = alerts.acknowledge(source, alert_id, who)
        if seen is None:
            raise NotFound(f"no open alert has the number {alert_id}: it may have closed meanwhile")
        open_stores.enter_context(response_cache.opened(stores.redis())).drop(seen["workspace_id"])
    return seen


def _assembled(source: MartReader, cache: ResponseCache, asked: Question) -> Row:
    workspaces = source.rows("workspaces", WORKSPACES, {})
    chosen = _chosen(workspaces, asked.workspace_id)
    asked = replace(asked, workspace_id=chosen["id"] if chosen else "")
    figures = _figures(cache, asked)
    data = VIEWS[asked.view](source, asked, figures)
    return {
        "view": asked.view,
        "period": asked.period,
        "workspace": chosen,
        "workspaces": [{"id": each["id"], "name": each["name"]} for each in workspaces],
        "periods": {row.pop("period"): row for row in source.rows("dashboard_metrics", PERIODS, asked.values)},
        "meta": figures and figures["meta"],
        "charts": uplot.present(),
        "missing": sorted(source.missing),
        "read_at": datetime.now(UTC),
        "data": data,
    }


def _figures(cache: ResponseCache, asked: Question) -> dict[str, msgspec.Raw] | None:
    """The dashboard's snapshot, passed on as it was written: every digit of it."""
    text = cache.figures(asked.workspace_id)
    return msgspec.json.decode(text, type=dict[str, msgspec.Raw]) if text else None


def _chosen(workspaces: list[Row], wanted: str) -> Row | None:
    if not wanted:
        return next(iter(workspaces), None)
    for each in workspaces:
        if each["id"] == wanted:
            return each
    raise NotFound(f"there is no workspace {wanted!r}")
