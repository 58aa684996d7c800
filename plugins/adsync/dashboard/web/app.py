"""The FastAPI application. Every route, unknown paths included, depends on `require_access`.

`require_access` raises 401 or 403, and sets `request.state.user_name`. Files are served by routes instead of a mount,
because a mount has no dependencies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.staticfiles import StaticFiles

from adsync import registry
from adsync.dashboard.cache import JSON
from adsync.dashboard.web import service, uplot
from adsync.dashboard.web.request import DEFAULT_PERIOD, DEFAULT_SORT, BadRequest, TableRequest, ViewRequest
from adsync.dashboard.web.security import add_security_headers, require_same_origin
from adsync.dashboard.web.service import NotFound, Stores
from adsync.errors import AdsyncError
from adsync.status.accounts import STATES

STATIC = Path(__file__).with_name("static")
JAVASCRIPT = "text/javascript"
MAX_PAGE = 1_000_000
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(require_access: Callable[..., Any], stores: Stores) -> FastAPI:
    """Builds the application. FastAPI's documentation routes are off: they would need no access."""
    app = FastAPI(title="Ads", openapi_url=None, docs_url=None, redoc_url=None)
    app.middleware("http")(add_security_headers)
    app.add_exception_handler(AnyHTTPException, _http_error)
    app.add_exception_handler(BadRequest, _bad_request)
    app.add_exception_handler(RequestValidationError, _invalid_parameter)
    app.add_exception_handler(AdsyncError, _unavailable)
    app.add_exception_handler(psycopg.Error, _database_error)
    for routes in (_data(stores), _files(), _unknown_paths()):
        app.include_router(routes, dependencies=[Depends(require_access)])
    return app


def _files() -> APIRouter:
    routes = APIRouter()
    folders = {
        "static": StaticFiles(directory=STATIC),
        "library": StaticFiles(directory=uplot.FOLDER, check_dir=False),
    }

    @routes.get("/")
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @routes.get("/static/labels.js")
    def labels() -> Response:
        texts = JSON.encode(registry.labels() | STATES).decode()
        return Response(f"export const LABELS = {texts};\n", media_type=JAVASCRIPT)

    @routes.get("/{folder}/{path:path}")
    async def file(request: Request, folder: str, path: str) -> Response:
        if folder not in folders:
            raise HTTPException(404, f"unknown path {folder}/{path}")
        return await folders[folder].get_response(path, request.scope)

    return routes


def _data(stores: Stores) -> APIRouter:
    routes = APIRouter(prefix="/api")

    @routes.get("/{view}")
    def view(
        view: str,
        table: Annotated[TableRequest, Depends(_table)],
        workspace: str = "",
        period: str = DEFAULT_PERIOD,
        campaign: str = "",
        q: str = "",
    ) -> Response:
        view_request = ViewRequest(view, workspace, period, campaign if view == "campaign" else q, table)
        return Response(service.respond(stores, view_request), media_type="application/json")

    @routes.post("/alerts/{alert_id}/acknowledge", dependencies=[Depends(require_same_origin)])
    def acknowledge(request: Request, alert_id: int) -> Response:
        alert = service.acknowledge(stores, alert_id, request.state.user_name)
        return Response(JSON.encode(alert), media_type="application/json")

    return routes


def _table(
    platform: str = "",
    status: str = "",
    sort: str = DEFAULT_SORT,
    page: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 1,
) -> TableRequest:
    return TableRequest(platform, status, sort, page)


def _unknown_paths() -> APIRouter:
    """Routes for unknown paths, so that they require access as well."""
    routes = APIRouter()

    @routes.api_route("/{path:path}", methods=METHODS)
    def unknown(path: str) -> None:
        raise HTTPException(404, f"unknown path {path}")

    return routes


def _error(status: int, message: object, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": str(message)}, status, headers)


def _http_error(_: Request, error: AnyHTTPException) -> JSONResponse:
    return _error(error.status_code, error.detail, error.headers)


def _bad_request(_: Request, error: BadRequest) -> JSONResponse:
    return _error(404 if isinstance(error, NotFound) else 400, error)


def _invalid_parameter(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    return _error(400, f"{first['loc'][-1]}: {first['msg']}")


def _unavailable(_: Request, error: AdsyncError) -> JSONResponse:
    return _error(503, error)


def _database_error(_: Request, error: psycopg.Error) -> JSONResponse:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return _error(503, f"warehouse query failed: {lines[0]}")
