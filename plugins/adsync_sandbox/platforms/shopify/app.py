"""Shopify's Admin API: one GraphQL endpoint per shop, for the shop itself and its orders.

HTTP 200 may have errors; a wrong token is a 401, a wrong shop a 404. An unknown version falls forward to the oldest
supported one, which a response header names (sheet on Shopify, sections 1, 5 and 6).
"""

from __future__ import annotations

import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.shopify.bulk import Bulk
from adsync_sandbox.platforms.shopify.graphql.query import Executor, Query, Refused, Source, check, cost
from adsync_sandbox.platforms.shopify.graphql.query_language import SyntaxFault, read
from adsync_sandbox.platforms.shopify.order_search import Finder
from adsync_sandbox.platforms.shopify.tokens import access_token
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.leaky_bucket import Bucket
from adsync_sandbox.server.token_store import TokenStore, has_expiring_tokens, refresh_settings

VERSIONS = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")
BULK_BY_ID_SINCE = "2026-01"
UNAUTHORIZED, NOT_FOUND, BAD_REQUEST = 401, 404, 400


def create_app(world: World, token_store: TokenStore, behavior: Behavior) -> Starlette:
    routes = [
        Route("/{shop}/admin/api/{version}/graphql.json", graphql, methods=["POST"]),
        Route("/{shop}/admin/oauth/access_token", access_token, methods=["POST"]),
        Route("/{shop}/bulk/{number:int}.jsonl", download),
    ]
    app, stores = Starlette(routes=routes), world.stores_of("shopify")
    finder = Finder(world, behavior.read_all_orders, behavior.journeys_ready_after)
    app.state.finder, app.state.token_store = finder, token_store
    app.state.buckets = {store.id: Bucket(behavior.shopify_limits, time.monotonic) for store in stores}
    app.state.bulks = {store.id: Bulk(finder, store, behavior.polls_until_ready) for store in stores}
    return app


def connection(store: Store, base: str, _world: World) -> dict[str, object]:
    host = f"{base}/{store.id}"
    more = refresh_settings(store, f"{host}/admin/oauth/access_token") if has_expiring_tokens(store) else {}
    return {"host": host, "password": store.token, "extra": {"api_version": VERSIONS[-1], **more}}


async def graphql(request: Request) -> Response:
    store = _store(request)
    if store is None:
        return JSONResponse({"errors": "Not Found"}, NOT_FOUND)
    token = request.headers.get("x-shopify-access-token", "")
    if request.app.state.token_store.owner("shopify", token) != store.conn_id:
        message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
        return JSONResponse({"errors": message}, UNAUTHORIZED)
    try:
        body = await request.json()
        query = Query(read(body["query"]), body.get("variables") or {})
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, BAD_REQUEST)
    except SyntaxFault as fault:
        return JSONResponse({"errors": [{"message": str(fault), "extensions": {"code": "PARSE_ERROR"}}]})
    asked = request.path_params["version"]
    version = asked if asked in VERSIONS else VERSIONS[0]
    answer = _answer(query, request.app.state.buckets[store.id], _root(request, store, version))
    return JSONResponse(answer, headers={"x-shopify-api-version": version})


async def download(request: Request) -> Response:
    """Returns a bulk operation's lines for a signed URL."""
    store = _store(request)
    text = request.app.state.bulks[store.id].result(request.path_params["number"]) if store else None
    if text is None or request.query_params.get("signature") != "sandbox":
        return JSONResponse({"errors": "Not Found"}, NOT_FOUND)
    return Response(text, media_type="application/jsonl")


def _store(request: Request) -> Store | None:
    stores = request.app.state.finder.world.stores_of("shopify")
    found = next((store for store in stores if store.id == request.path_params["shop"]), None)
    if found is not None:
        add_account(request, found.id)
    return found


def _answer(query: Query, bucket: Bucket, root: Source) -> dict[str, object]:
    """Returns data and cost, or the one error that stopped the query."""
    requested, start = 0, "MutationRoot" if query.document.mutates else "QueryRoot"
    try:
        check(query, query.document.selections, start)
        requested = cost(query, query.document.selections, start)
        _check_budget(bucket, requested)
        executor = Executor(query)
        data = executor.pick(root, query.document.selections, start)
    except Refused as refusal:
        error = {"message": refusal.message, "extensions": {"code": refusal.code, **refusal.extensions}}
        return {"errors": [error], "extensions": {"cost": bucket.report(requested, None)}}
    actual = min(requested, executor.objects - 1)
    bucket.give_back(requested - actual)
    return {"data": data, "extensions": {"cost": bucket.report(requested, actual)}}


def _check_budget(bucket: Bucket, requested: int) -> None:
    if requested > bucket.limits.max_cost:
        message = (
            f"Query cost is {requested}, which exceeds the single query max cost limit ({bucket.limits.max_cost})."
        )
        raise Refused("MAX_COST_EXCEEDED", message, cost=requested, maxCost=bucket.limits.max_cost)
    if not bucket.take(requested):
        raise Refused("THROTTLED", "Throttled")


def _root(request: Request, store: Store, version: str) -> Source:
    """Returns the root fields of this shop; orders are generated only if they are requested."""
    finder: Finder = request.app.state.finder
    bulk: Bulk = request.app.state.bulks[store.id]
    base = f"{str(request.url).partition('/admin/')[0]}/bulk"
    shop = {
        "id": f"gid://shopify/Shop/{store.number}",
        "name": store.name,
        "myshopifyDomain": store.id,
        "ianaTimezone": store.timezone,
        "currencyCode": store.currency,
    }
    return {
        "shop": shop,
        "orders": lambda **arguments: finder.page(store.id, arguments),
        "ordersCount": lambda **arguments: finder.count(store.id, arguments),
        "order": lambda **arguments: _nodes(finder, store, [arguments.get("id")])[0],
        "nodes": lambda **arguments: _nodes(finder, store, arguments.get("ids", [])),
        "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in _scopes(finder)]},
        "bulkOperation": lambda **arguments: _bulk_of(bulk, base, version, arguments.get("id")),
        "currentBulkOperation": lambda **_arguments: bulk.poll(base, None),
        "bulkOperationRunQuery": lambda **arguments: bulk.run(base, arguments),
    }


def _scopes(finder: Finder) -> tuple[str, ...]:
    return ("read_orders", "read_all_orders") if finder.read_all_orders else ("read_orders",)


def _bulk_of(bulk: Bulk, base: str, version: str, operation_id: object) -> Source | None:
    """Since 2026-01; earlier versions have only the current one."""
    if version < BULK_BY_ID_SINCE:
        raise Refused("undefinedField", "Field 'bulkOperation' doesn't exist on type 'QueryRoot'")
    return bulk.poll(base, operation_id or "")


def _nodes(finder: Finder, store: Store, ids: list[object]) -> list[Source | None]:
    known = {order.id: order for order in finder.visible(store.id)}
    return [finder.node(known[one]) if one in known else None for one in ids]
