"""All platforms as one ASGI app over one world, each below its path prefix, plus /health, /calls and /faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms import registry
from adsync_sandbox.platforms.registry import SOURCES
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.middleware import CallLog, FaultMiddleware
from adsync_sandbox.server.token_store import TokenStore


def create_app(
    world: World,
    faults: Iterable[Fault] = (),
    behavior: Behavior | None = None,
    *,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """Returns the sandbox over a world; faults apply in the given order, tokens expire by `clock`.

    GET /health returns {"ok": true}, GET /calls the calls per source and account and the token refreshes per account,
    GET /faults how often each fault was applied.
    """
    behavior, script, log = behavior or Behavior(), tuple(faults), CallLog()
    token_store = TokenStore(world, behavior.token_seconds, clock)
    platforms = {source: registry.module(source, "app") for source in SOURCES}
    mounts = [Mount(f"/{source}", made.create_app(world, token_store, behavior)) for source, made in platforms.items()]
    app = Starlette(
        routes=[Route("/health", health), Route("/calls", calls), Route("/faults", applied_faults), *mounts],
        middleware=[Middleware(FaultMiddleware, faults=script, sources=SOURCES, log=log, token_store=token_store)],
    )
    app.state.world, app.state.faults, app.state.call_log, app.state.token_store = world, script, log, token_store
    return app


async def health(_request: Request) -> JSONResponse:
    return JSONResponse({"ok": True})


async def calls(request: Request) -> JSONResponse:
    state = request.app.state
    log: CallLog = state.call_log
    accounts = {source: dict(log.accounts[source]) for source in SOURCES}
    refreshes: dict[str, dict[str, int]] = {source: {} for source in SOURCES}
    for conn_id, times in state.token_store.refreshes.items():
        source = conn_id.partition("_")[0]
        refreshes[source] |= dict.fromkeys(state.token_store.ids[conn_id], times)
    counted = {source: log.calls[source] for source in SOURCES}
    return JSONResponse({**counted, "accounts": accounts, "refreshes": refreshes})


async def applied_faults(request: Request) -> JSONResponse:
    state = request.app.state
    return JSONResponse([{**asdict(fault), "used": state.call_log.used[n]} for n, fault in enumerate(state.faults)])
