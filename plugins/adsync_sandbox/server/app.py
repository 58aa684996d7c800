"""All platforms as one ASGI app, a path prefix each, over one world; beside them /health, /calls, /faults."""

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
    manners: Behavior | None = None,
    *,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The sandbox over a world; `faults` strike in the order given, tokens end by `clock`.

    GET /health answers {"ok": true}; GET /calls how often each source and account was called and how often each
    account's token was refreshed; GET /faults how often each fault struck.
    """
    manners, script, record = manners or Behavior(), tuple(faults), CallLog()
    vault = TokenStore(world, manners.token_seconds, clock)
    platforms = {source: registry.module(source, "app") for source in SOURCES}
    mounts = [Mount(f"/{source}", made.create_app(world, vault, manners)) for source, made in platforms.items()]
    app = Starlette(
        routes=[Route("/health", health), Route("/calls", calls), Route("/faults", struck), *mounts],
        middleware=[Middleware(FaultMiddleware, faults=script, sources=SOURCES, record=record, vault=vault)],
    )
    app.state.world, app.state.faults, app.state.record, app.state.vault = world, script, record, vault
    return app


async def health(_request: Request) -> JSONResponse:
    return JSONResponse({"ok": True})


async def calls(request: Request) -> JSONResponse:
    state = request.app.state
    record: CallLog = state.record
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
