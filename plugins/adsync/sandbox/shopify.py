"""Shopify's Admin API: one GraphQL endpoint per shop, for the shop itself and its orders.

HTTP 200 carries errors too; a wrong token is a 401, a wrong shop a 404; an unknown version falls forward to
the oldest supported one, and the answer's header says which (sheet on Shopify, sections 1, 5 and 6).
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adsync.sandbox.graphql import SyntaxFault, read
from adsync.sandbox.inventing.accounts import Store
from adsync.sandbox.inventing.orders import Order
from adsync.sandbox.shopify_cost import Bucket, Limits
from adsync.sandbox.shopify_orders import order_node
from adsync.sandbox.shopify_query import Executor, Query, Refused, Source, check, cost
from adsync.sandbox.shopify_search import Finder
from adsync.sandbox.world import World

VERSIONS = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")
ROOT = "QueryRoot"
UNAUTHORIZED, NOT_FOUND, BAD_REQUEST = 401, 404, 400


def create_app(world: World, *, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic) -> Starlette:
    """Shopify over this world; `clock` refills the buckets."""
    app = Starlette(routes=[Route("/{shop}/admin/api/{version}/graphql.json", graphql, methods=["POST"])])
    app.state.finder = Finder(world)
    app.state.buckets = {store.id: Bucket(limits or Limits(), clock) for store in world.stores}
    return app


async def graphql(request: Request) -> Response:
    stores: dict[str, Store] = {store.id: store for store in request.app.state.finder.world.stores}
    store = stores.get(request.path_params["shop"])
    if store is None:
        return JSONResponse({"errors": "Not Found"}, NOT_FOUND)
    if not hmac.compare_digest(request.headers.get("x-shopify-access-token", "").encode(), store.token.encode()):
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
    answer = _answer(query, request.app.state.buckets[store.id], _root(request.app.state.finder, store))
    return JSONResponse(answer, headers={"x-shopify-api-version": version})


def _answer(query: Query, bucket: Bucket, root: Source) -> dict[str, object]:
    """Data and cost, or the one error that stopped it."""
    requested = 0
    try:
        check(query, query.document.selections, ROOT)
        requested = cost(query, query.document.selections, ROOT)
        _afford(bucket, requested)
        executor = Executor(query)
        data = executor.pick(root, query.document.selections, ROOT)
    except Refused as refusal:
        error = {"message": refusal.message, "extensions": {"code": refusal.code, **refusal.extensions}}
        return {"errors": [error], "extensions": {"cost": bucket.report(requested, None)}}
    actual = min(requested, executor.objects - 1)
    bucket.give_back(requested - actual)
    return {"data": data, "extensions": {"cost": bucket.report(requested, actual)}}


def _afford(bucket: Bucket, requested: int) -> None:
    if requested > bucket.limits.max_cost:
        message = (
            f"Query cost is {requested}, which exceeds the single query max cost limit ({bucket.limits.max_cost})."
        )
        raise Refused("MAX_COST_EXCEEDED", message, cost=requested, maxCost=bucket.limits.max_cost)
    if not bucket.take(requested):
        raise Refused("THROTTLED", "Throttled")


def _root(finder: Finder, store: Store) -> Source:
    """What a query of this shop can start from; orders are worked out only when asked for."""

    def ours() -> tuple[Order, ...]:
        return finder.world.store_orders(store.id)

    return {
        "shop": {
            "id": f"gid://shopify/Shop/{store.number}",
            "name": store.name,
            "myshopifyDomain": store.id,
            "ianaTimezone": store.timezone,
            "currencyCode": store.currency,
        },
        "orders": lambda **arguments: finder.page(store.id, arguments),
        "order": lambda **arguments: _nodes(ours(), [arguments.get("id")])[0],
        "nodes": lambda **arguments: _nodes(ours(), arguments.get("ids", [])),
    }


def _nodes(orders: tuple[Order, ...], ids: list[object]) -> list[Source | None]:
    known = {order.id: order for order in orders}
    return [order_node(known[one]) if one in known else None for one in ids]
