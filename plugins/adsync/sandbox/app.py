"""All platforms as one ASGI app: /meta, /tiktok and /shopify over one world, beside /health and /calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from adsync.sandbox import meta, shopify, tiktok
from adsync.sandbox.faults import SOURCES, Fault
from adsync.sandbox.middleware import Misbehaviour, Record
from adsync.sandbox.shopify_cost import Limits
from adsync.sandbox.world import World


@dataclass(frozen=True)
class Manners:
    """How the platforms carry themselves when nothing is wrong."""

    polls_until_ready: int = 2
    short_first_pages: bool = True
    shopify_limits: Limits = field(default_factory=Limits)


def create_app(world: World, faults: Iterable[Fault] = (), manners: Manners | None = None) -> Starlette:
    """The sandbox over a world; `faults` strike in the order given.

    GET /health answers {"ok": true}; GET /calls how often each source was called; GET /faults how often each struck.
    """
    manners, script, record = manners or Manners(), tuple(faults), Record()
    polls = manners.polls_until_ready
    routes = [
        Route("/health", health),
        Route("/calls", calls),
        Route("/faults", struck),
        Mount("/meta", meta.create_app(world, polls_until_ready=polls, short_first_pages=manners.short_first_pages)),
        Mount("/tiktok", tiktok.create_app(world, polls_until_ready=polls)),
        Mount("/shopify", shopify.create_app(world, limits=manners.shopify_limits)),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Misbehaviour, faults=script, sources=SOURCES, record=record)],
    )
    app.state.world, app.state.faults, app.state.record = world, script, record
    return app


async def health(_request: Request) -> JSONResponse:
    return JSONResponse({"ok": True})


async def calls(request: Request) -> JSONResponse:
    counted = request.app.state.record.calls
    return JSONResponse({source: counted[source] for source in SOURCES})


async def struck(request: Request) -> JSONResponse:
    state = request.app.state
    return JSONResponse([{**asdict(fault), "used": state.record.used[n]} for n, fault in enumerate(state.faults)])
