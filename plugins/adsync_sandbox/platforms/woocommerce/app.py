"""WooCommerce's REST API v3 on WordPress: the site's index, its orders, their refunds, its currency.

Orders in the trash are listed by status=trash only, checkout drafts never; a page past the end is an empty list
(sheet on WooCommerce, sections 1 to 3).
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.orders.store_orders import StoreOrder
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.woocommerce import api
from adsync_sandbox.platforms.woocommerce.api import (
    NOT_FOUND,
    UNAUTHORIZED,
    Call,
    WooError,
    authorize,
    consumer_key,
    consumer_secret,
    no_route,
    resolve,
)
from adsync_sandbox.platforms.woocommerce.order_search import Shelf, found, page_of
from adsync_sandbox.platforms.woocommerce.orders import order_row, refund_row
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.token_store import TokenStore

SYMBOLS = {"AED": "د.إ", "USD": "$"}
NAMESPACES = ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wp/v2"]
ORDERS, CURRENCY = "/wc/v3/orders", "/wc/v3/data/currencies/current"


def create_app(world: World, _token_store: TokenStore, behavior: Behavior) -> Starlette:
    app = Starlette(
        routes=[Route("/{path:path}", site)],
        exception_handlers={api.WooError: api.error_response},
    )
    app.state.world, app.state.writes = world, behavior.writes_during_paging
    app.state.saved, app.state.closed = behavior.woocommerce_saved_while_loaded, behavior.woocommerce_rest_closed
    knows = behavior.woocommerce_knows_modified
    app.state.shelves = {store.id: Shelf(world, store, knows) for store in world.stores_of("woocommerce")}
    return app


def connection(store: Store, base: str, _world: World) -> dict[str, object]:
    return {
        "host": f"{base}/{store.id}{store.path}",
        "login": consumer_key(store),
        "password": consumer_secret(store),
        "extra": {"rest_route": "true"} if store.plain_permalinks else {},
    }


async def site(request: Request) -> Response:
    call = resolve(request)
    if call.route == "/" and request.app.state.closed:
        raise WooError(UNAUTHORIZED, "rest_not_logged_in", "You are not currently logged in.")
    if call.route == "/":
        return JSONResponse(_index(call))
    authorize(call)
    if call.route == CURRENCY:
        code = call.store.currency
        return JSONResponse({"code": code, "name": code, "symbol": SYMBOLS[code]})
    if call.route == ORDERS:
        return _orders(call)
    if call.route.startswith(f"{ORDERS}/"):
        return _one(call)
    raise no_route()


def _index(call: Call) -> dict[str, object]:
    """Needs no key; the offset is the current one."""
    world: World = call.request.app.state.world
    shelf: Shelf = call.request.app.state.shelves[call.store.id]
    offset = world.now.astimezone(shelf.zone).utcoffset() or timedelta()
    home = f"https://{call.store.id}{call.store.path}"
    return {
        "name": call.store.name,
        "description": "",
        "url": home,
        "home": home,
        "gmt_offset": offset.total_seconds() / 3600,
        "timezone_string": call.store.timezone,
        "namespaces": NAMESPACES,
    }


def _orders(call: Call) -> Response:
    shelf: Shelf = call.request.app.state.shelves[call.store.id]
    sales = found(shelf, call.params)
    start, size = page_of(call.params)
    selected = sales[start : start + size]
    if saved := call.request.app.state.saved:
        shelf.write(selected[-saved:])
    rows = [order_row(sale, shelf.changed_at(sale), shelf.zone, call.params) for sale in selected]
    shelf.write(sales[: call.request.app.state.writes])
    number, pages = start // size + 1, ceil(len(sales) / size)
    headers = {"X-WP-Total": str(len(sales)), "X-WP-TotalPages": str(pages)}
    if number < pages:
        following = call.request.url.include_query_params(page=number + 1)
        headers["Link"] = f'<{following}>; rel="next"'
    return JSONResponse(rows, headers=headers)


def _one(call: Call) -> Response:
    number, _, rest = call.route.removeprefix(f"{ORDERS}/").partition("/")
    sale = _sale(call, number)
    if rest == "refunds":
        return JSONResponse([refund_row(sale, refund) for refund in sale.state.refunds])
    if rest:
        raise no_route()
    shelf: Shelf = call.request.app.state.shelves[call.store.id]
    return JSONResponse(order_row(sale, shelf.changed_at(sale), shelf.zone, call.params))


def _sale(call: Call, number: str) -> StoreOrder:
    for sale in call.request.app.state.world.store_orders(call.store.id):
        if str(sale.id) == number:
            return sale
    raise WooError(NOT_FOUND, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
