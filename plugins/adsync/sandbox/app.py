"""All seven platforms as one ASGI app, a path prefix each, over one world; beside them /health, /calls, /faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from adsync.sandbox import meta, salla, shopify, snapchat, tiktok, woocommerce, zid
from adsync.sandbox.faults import SOURCES, Fault
from adsync.sandbox.middleware import Misbehaviour, Record
from adsync.sandbox.shopify_cost import Limits
from adsync.sandbox.vault import Vault
from adsync.sandbox.world import World


@dataclass(frozen=True)
class Manners:
    """How the platforms carry themselves when nothing is wrong.

    `token_seconds` shortens the life of a source's access tokens; `writes_during_paging` orders of WooCommerce
    and Salla change after every list; `journeys_ready_after` is how often an unready Shopify journey is read
    before it is ready (None: never), which moves no updatedAt.
    """

    polls_until_ready: int = 2
    short_first_pages: bool = True
    shopify_limits: Limits = field(default_factory=Limits)
    token_seconds: Mapping[str, float] = field(default_factory=dict)
    writes_during_paging: int = 0
    journeys_ready_after: int | None = None
    read_all_orders: bool = True
    snapchat_stats_page: int = snapchat.LARGEST_STATS_PAGE
    snapchat_most_in_breakdown: int | None = None
    woocommerce_knows_modified: bool = True
    salla_limits: Limits = salla.GENEROUS


def create_app(
    world: World,
    faults: Iterable[Fault] = (),
    manners: Manners | None = None,
    *,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The sandbox over a world; `faults` strike in the order given, tokens end by `clock`.

    GET /health answers {"ok": true}; GET /calls how often each source and account was called and how often each
    account's token was refreshed; GET /faults how often each fault struck.
    """
    manners, script, record = manners or Manners(), tuple(faults), Record()
    vault = Vault(world, manners.token_seconds, clock)
    mounts = [Mount(f"/{source}", app) for source, app in _platforms(world, vault, manners).items()]
    app = Starlette(
        routes=[Route("/health", health), Route("/calls", calls), Route("/faults", struck), *mounts],
        middleware=[Middleware(Misbehaviour, faults=script, sources=SOURCES, record=record, vault=vault)],
    )
    app.state.world, app.state.faults, app.state.record, app.state.vault = world, script, record, vault
    return app


def _platforms(world: World, vault: Vault, manners: Manners) -> dict[str, Starlette]:
    polls, short, writes = manners.polls_until_ready, manners.short_first_pages, manners.writes_during_paging
    return {
        "meta": meta.create_app(world, vault, polls_until_ready=polls, short_first_pages=short),
        "tiktok": tiktok.create_app(world, vault, polls_until_ready=polls),
        "snapchat": snapchat.create_app(
            world,
            vault,
            polls_until_ready=polls,
            short_first_pages=short,
            stats_page=manners.snapchat_stats_page,
            most_in_breakdown=manners.snapchat_most_in_breakdown,
        ),
        "shopify": shopify.create_app(
            world,
            vault,
            limits=manners.shopify_limits,
            polls_until_ready=polls,
            journeys_ready_after=manners.journeys_ready_after,
            read_all_orders=manners.read_all_orders,
        ),
        "woocommerce": woocommerce.create_app(
            world, writes_during_paging=writes, knows_modified=manners.woocommerce_knows_modified
        ),
        "salla": salla.create_app(world, vault, limits=manners.salla_limits, writes_during_paging=writes),
        "zid": zid.create_app(world, vault),
    }


async def health(_request: Request) -> JSONResponse:
    return JSONResponse({"ok": True})


async def calls(request: Request) -> JSONResponse:
    state = request.app.state
    record: Record = state.record
    accounts = {source: dict(record.accounts[source]) for source in SOURCES}
    refreshes: dict[str, dict[str, int]] = {source: {} for source in SOURCES}
    for conn_id, times in state.vault.refreshes.items():
        source = conn_id.partition("_")[0]
        refreshes[source] |= dict.fromkeys(state.vault.ids[conn_id], times)
    counted = {source: record.calls[source] for source in SOURCES}
    return JSONResponse({**counted, "accounts": accounts, "refreshes": refreshes})


async def struck(request: Request) -> JSONResponse:
    state = request.app.state
    return JSONResponse([{**asdict(fault), "used": state.record.used[n]} for n, fault in enumerate(state.faults)])
