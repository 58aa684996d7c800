"""Salla's merchant API: orders by page and by id, statuses, the store, and the token endpoint.

No list filters by time of change: unknown parameters are ignored, dates are days of creation, and a page has at most 30
rows (sheet on Salla, sections 1 and 2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.orders.store_orders import StoreOrder
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.salla import api
from adsync_sandbox.platforms.salla.api import NOT_FOUND, UNAUTHORIZED, UNPROCESSABLE, Call, SallaError, authorize
from adsync_sandbox.platforms.salla.orders import NAMES, STATUS_IDS, ZONE, row, status, whole
from adsync_sandbox.platforms.salla.spec import SPEC
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.leaky_bucket import Bucket
from adsync_sandbox.server.token_forms import form_of
from adsync_sandbox.server.token_store import Refused, TokenStore, refresh_settings

BASE = "/admin/v2"
DEFAULT_PAGE, LARGEST_PAGE = 15, 30


def create_app(world: World, token_store: TokenStore, behavior: Behavior) -> Starlette:
    routes = [
        Route(f"{BASE}/orders", orders),
        Route(f"{BASE}/orders/statuses", statuses),
        Route(f"{BASE}/orders/{{id}}", order),
        Route(f"{BASE}/store/info", store_info),
        Route("/oauth2/token", token, methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={api.SallaError: api.error_response})
    app.state.world, app.state.token_store = world, token_store
    app.state.buckets = {
        store.id: Bucket(behavior.salla_limits, token_store.clock) for store in world.stores_of("salla")
    }
    app.state.writes, app.state.changed = behavior.writes_during_paging, {}
    return app


def connection(store: Store, base: str, world: World) -> dict[str, object]:
    # By the world's clock: a connection that changed with every read would look like a new one.
    expires = int(world.now.timestamp() + (SPEC.tokens.seconds or 0))
    extra = {**refresh_settings(store, f"{base}/oauth2/token"), "expires": expires}
    return {"host": f"{base}{BASE}", "password": store.token, "extra": extra}


async def orders(request: Request) -> Response:
    call = await authorize(request)
    found = _sorted(call, [sale for sale in _sales(call) if all(test(sale) for test in _tests(call))])
    size, number = min(_number(call, "per_page", DEFAULT_PAGE), LARGEST_PAGE), _number(call, "page", 1)
    shown = found[(number - 1) * size : number * size]
    pages = -(-len(found) // size)
    pagination = {
        "count": len(shown),
        "total": len(found),
        "perPage": size,
        "currentPage": number,
        "totalPages": pages,
        "links": _links(call, number, pages),
    }
    _write(request, found)
    return call.succeeded([row(sale) for sale in shown], pagination=pagination)


async def order(request: Request) -> Response:
    call = await authorize(request)
    for sale in _sales(call):
        if str(sale.id) == request.path_params["id"]:
            light = call.params.get("format") == "light"
            return call.succeeded(whole(sale, _changed_at(request, sale), light=light))
    raise SallaError(NOT_FOUND, "not_found", "الطلب غير موجود")


async def statuses(request: Request) -> Response:
    call = await authorize(request)
    return call.succeeded(
        [{"id": STATUS_IDS[slug], "name": name, "slug": slug, "type": "original"} for slug, name in NAMES.items()]
    )


async def store_info(request: Request) -> Response:
    """The response has no time zone."""
    call = await authorize(request)
    store = call.store
    domain = "https://salla.example/acme"
    body = {"id": int(store.id), "name": store.name, "currency": store.currency, "domain": domain, "plan": "pro"}
    return call.succeeded(body)


async def token(request: Request) -> Response:
    """A used refresh token revokes the pair that it returned; the error is that of any invalid token."""
    form = await form_of(request)
    if (refused := form.error("salla", ("refresh_token",), status=UNAUTHORIZED)) is not None:
        return refused
    token_store: TokenStore = request.app.state.token_store
    try:
        grant = token_store.refresh("salla", form.values["refresh_token"])
    except Refused:
        described = "The refresh token is invalid, expired, revoked or was already used."
        return JSONResponse({"error": "invalid_grant", "error_description": described}, UNAUTHORIZED)
    for account_id in token_store.account_ids(grant):
        add_account(request, account_id)
    tokens = {"token_type": "bearer", "access_token": grant.access, "refresh_token": grant.refresh}
    return JSONResponse({**tokens, "expires": int(grant.expires_at or 0), "scope": "orders.read offline_access"})


def _sales(call: Call) -> tuple[StoreOrder, ...]:
    return call.request.app.state.world.store_orders(call.store.id)


def _changed_at(request: Request, sale: StoreOrder) -> datetime:
    return request.app.state.changed.get(sale.id, sale.state.updated_at)


def _write(request: Request, found: list[StoreOrder]) -> None:
    """Changes the last orders: they move to the front, and all others one down."""
    changed, state = request.app.state.changed, request.app.state
    for sale in found[len(found) - state.writes :] if state.writes else ():
        changed[sale.id] = state.world.now + timedelta(seconds=len(changed) + 1)


def _tests(call: Call) -> list[Callable[[StoreOrder], bool]]:
    params = call.params
    first, last = (_day(params, name) for name in ("from_date", "to_date"))
    tests: list[Callable[[StoreOrder], bool]] = []
    if first:
        tests.append(lambda sale: _created(sale) >= first)
    if last:
        tests.append(lambda sale: _created(sale) <= last)
    if wanted := {value for name, value in call.request.query_params.multi_items() if name.startswith("status")}:
        tests.append(lambda sale: str(status(sale)["id"]) in wanted)
    if reference := params.get("reference_id"):
        tests.append(lambda sale: str(sale.number) == reference)
    return tests


def _created(sale: StoreOrder) -> date:
    return sale.placed_at.astimezone(ZoneInfo(ZONE)).date()


def _day(params: dict[str, str], name: str) -> date | None:
    if name not in params:
        return None
    try:
        return date.fromisoformat(params[name])
    except ValueError as error:
        raise SallaError(UNPROCESSABLE, "error", f"alert.invalid_fields: {name}") from error


def _sorted(call: Call, found: list[StoreOrder]) -> list[StoreOrder]:
    """Sorts newest first by default; an unknown sort key is ignored."""
    name, _, direction = call.params.get("sort_by", "created_at-desc").partition("-")
    keys: dict[str, Callable[[StoreOrder], object]] = {
        "id": lambda sale: sale.id,
        "total": lambda sale: (sale.total, sale.id),
        "created_at": lambda sale: (sale.placed_at, sale.id),
        "updated_at": lambda sale: (_changed_at(call.request, sale), sale.id),
    }
    return sorted(found, key=keys.get(name, keys["created_at"]), reverse=direction != "asc")


def _number(call: Call, name: str, default: int) -> int:
    text = call.params.get(name, "")
    return max(1, int(text)) if text.isdigit() else default


def _links(call: Call, number: int, pages: int) -> dict[str, str] | list[str]:
    """An empty object is a list, as in PHP."""
    links = {}
    if number < pages:
        links["next"] = str(call.request.url.include_query_params(page=number + 1))
    if number > 1:
        links["previous"] = str(call.request.url.include_query_params(page=number - 1))
    return links or []
