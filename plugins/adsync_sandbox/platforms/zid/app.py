"""Zid's merchant API: the profile, orders by page, one order, and the token endpoint.

A list has a total but no page count. Without payload_type its rows are short; without date_attribute its range is by
creation (sheet on Zid, sections 1 and 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.orders.store_orders import StoreOrder
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.zid import api
from adsync_sandbox.platforms.zid.api import NOT_FOUND, UNAUTHORIZED, UNPROCESSABLE, ZidError, authorize
from adsync_sandbox.platforms.zid.orders import order_row
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.token_forms import Form, form_of
from adsync_sandbox.server.token_store import Grant, Refused, TokenStore, refresh_settings

DEFAULT_PAGE, LARGEST_PAGE = 10, 100
PAYLOADS = {"default", "simple", "tiny", "pos", "print", "print_summary"}
REDIRECT_URI = "https://app.example/zid/callback"
ATTRIBUTES: dict[str, Callable[[StoreOrder], datetime]] = {
    "created_at": lambda sale: sale.placed_at,
    "updated_at": lambda sale: sale.state.updated_at,
}


def create_app(world: World, token_store: TokenStore, _behavior: Behavior) -> Starlette:
    routes = [
        Route("/v1/managers/account/profile", profile),
        Route("/v1/managers/store/orders", orders),
        Route("/v1/managers/store/orders/{id}/view", order),
        Route("/login", login),
        Route("/oauth/token", token, methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={api.ZidError: api.error_response})
    app.state.world, app.state.token_store = world, token_store
    return app


def connection(store: Store, base: str, _world: World) -> dict[str, object]:
    app = {"authorization": store.token.replace("-token-", "-authorization-"), "redirect_uri": REDIRECT_URI}
    extra = {**app, **refresh_settings(store, f"{base}/oauth/token")}
    return {"host": f"{base}/v1", "password": store.token, "extra": extra}


async def profile(request: Request) -> Response:
    store = authorize(request)
    currency = {"id": 4, "code": store.currency, "name": "ريال سعودي", "symbol": "ر.س"}
    known = {"id": int(store.id), "title": store.name, "url": "https://nakhla.example", "timezone": store.timezone}
    return JSONResponse(
        {"user": {"id": 1, "name": "مدير", "email": "m@example.com", "store": {**known, "currency": currency}}}
    )


async def orders(request: Request) -> Response:
    store = authorize(request)
    payload = request.query_params.get("payload_type", "simple")
    if payload not in PAYLOADS:
        raise ZidError(UNPROCESSABLE, "ERROR_VALIDATION", f"payload_type {payload}")
    found = [one for one in _sales(request, store.id) if all(test(one) for test in _tests(request))]
    found.sort(key=lambda sale: (sale.placed_at, sale.id), reverse=request.query_params.get("sort_by") != "asc")
    number, size = _number(request, "page", 1, 10**6), _number(request, "per_page", DEFAULT_PAGE, LARGEST_PAGE)
    rows = [order_row(sale, full=payload == "default") for sale in found[(number - 1) * size : number * size]]
    body = {
        "status": "object",
        "orders": rows,
        "grand_total": sum(sale.total for sale in found) / 100,
        "total_order_count": len(found),
        "total_order_count_per_status": Counter(sale.state.status for sale in found),
        "message": {"type": "object", "code": None, "name": None, "description": None},
    }
    return JSONResponse(body, headers={"X-Request-Id": "sandbox-0001"})


async def order(request: Request) -> Response:
    store = authorize(request)
    for sale in _sales(request, store.id):
        if str(sale.id) == request.path_params["id"]:
            return JSONResponse({"status": "object", "order": {**order_row(sale, full=True), "histories": []}})
    raise ZidError(NOT_FOUND, "ERROR_NOT_FOUND", "Order not found")


async def login(_request: Request) -> Response:
    return HTMLResponse("<!doctype html><html><body>تسجيل الدخول</body></html>")


async def token(request: Request) -> Response:
    """Requires redirect_uri, unlike other platforms."""
    form = await form_of(request)
    if (refused := form.error("zid", ("refresh_token", "redirect_uri"), status=UNAUTHORIZED)) is not None:
        return refused
    token_store: TokenStore = request.app.state.token_store
    grant = _refreshed(token_store, form)
    if grant is None:
        return JSONResponse({"error": "invalid_grant", "message": "The refresh token is invalid."}, UNAUTHORIZED)
    for account_id in token_store.account_ids(grant):
        add_account(request, account_id)
    return JSONResponse(_three_secrets(grant, token_store))


def _refreshed(token_store: TokenStore, form: Form) -> Grant | None:
    if form.values["redirect_uri"] != REDIRECT_URI:
        return None
    try:
        return token_store.refresh("zid", form.values["refresh_token"])
    except Refused:
        return None


def _three_secrets(grant: Grant, token_store: TokenStore) -> dict[str, object]:
    """The key of the app's secret varies in case."""
    name = "Authorization" if sum(token_store.refreshes.values()) % 2 else "authorization"
    secrets = {"access_token": grant.access, name: grant.app, "refresh_token": grant.refresh}
    return {"token_type": "Bearer", "expires_in": token_store.seconds_left(grant), **secrets}


def _sales(request: Request, store_id: str) -> list[StoreOrder]:
    return list(request.app.state.world.store_orders(store_id))


def _tests(request: Request) -> list[Callable[[StoreOrder], bool]]:
    params = request.query_params
    name = params.get("date_attribute", "created_at")
    if name not in ATTRIBUTES:
        raise ZidError(UNPROCESSABLE, "ERROR_VALIDATION", f"date_attribute {name}")
    read, tests = ATTRIBUTES[name], []
    if "date_from" in params:
        since = _moment(params["date_from"], timedelta())
        tests.append(lambda sale: read(sale) >= since)
    if "date_to" in params:
        until = _moment(params["date_to"], timedelta(days=1, seconds=-1))
        tests.append(lambda sale: read(sale) <= until)
    for filtered, value in (("order_status", lambda sale: sale.state.status), ("payment_status", _payment)):
        if asked := params.get(filtered):
            tests.append(lambda sale, value=value, asked=asked: value(sale) == asked)
    return tests


def _payment(sale: StoreOrder) -> str:
    return sale.state.payment


def _moment(text: str, whole_day: timedelta) -> datetime:
    """Parses a day or a time; without an offset both are UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ZidError(UNPROCESSABLE, "ERROR_VALIDATION", "date") from error
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware + whole_day if len(text) == len("2026-11-22") else aware


def _number(request: Request, name: str, default: int, largest: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= largest:
        raise ZidError(UNPROCESSABLE, "ERROR_VALIDATION", name)
    return int(text)
