"""The page as a FastAPI application. Every route, a wrong one too, goes through `enter` first.

`enter` is a dependency: it raises 401 or 403, and leaves the user's name in `request.state.user_name`. Files are served
by routes and not by a mount, because a mount knows no dependencies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.staticfiles import StaticFiles

from adsync import registry
from adsync.dashboard.cache import JSON
from adsync.dashboard.web import service, uplot
from adsync.dashboard.web.request import DEFAULT_PERIOD, BadRequest, Question
from adsync.dashboard.web.security import same_origin, with_headers
from adsync.dashboard.web.service import NotFound, Stores
from adsync.errors import AdsyncError

STATIC = Path(__file__).with_name("static")
JAVASCRIPT = "text/javascript"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(enter: Callable[..., Any], stores: Stores) -> FastAPI:
    """No documentation routes: they would be open to everybody."""
    app = FastAPI(title="Ads", openapi_url=None, docs_url=None, redoc_url=None)
    app.middleware("http")(with_headers)
    app.add_exception_handler(AnyHTTPException, _refused)
    app.add_exception_handler(BadRequest, _bad)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(AdsyncError, _unavailable)
    app.add_exception_handler(psycopg.Error, _broken_off)
    for routes in (_data(stores), _files(), _nothing()):
        app.include_router(routes, dependencies=[Depends(enter)])
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
        return Response(f"export const LABELS = {JSON.encode(registry.labels()).decode()};\n", media_type=JAVASCRIPT)

    @routes.get("/{folder}/{path:path}")
    async def file(request: Request, folder: str, path: str) -> Response:
        if folder not in folders:
            raise HTTPException(404, "there is nothing here")
        return await folders[folder].get_response(path, request.scope)

    return routes


def _data(stores: Stores) -> APIRouter:
    routes = APIRouter(prefix="/api")

    @routes.get("/{view}")
    def view(view: str, workspace: str = "", period: str = DEFAULT_PERIOD, campaign: str = "", q: str = "") -> Response:
        asked = Question(view, workspace, period, campaign if view == "campaign" else q)
        return Response(service.answer(stores, asked), media_type="application/json")

    @routes.post("/alerts/{alert_id}/acknowledge", dependencies=[Depends(same_origin)])
    def acknowledge(request: Request, alert_id: int) -> Response:
        seen = service.acknowledge(stores, alert_id, request.state.user_name)
        return Response(JSON.encode(seen), media_type="application/json")

    return routes


def _nothing() -> APIRouter:
    """What does not exist asks for the login as well."""
    routes = APIRouter()

    @routes.api_route("/{path:path}", methods=METHODS)
    def nothing(path: str) -> None:
        raise HTTPException(404, f"there is nothing at {path}")

    return routes


def _error(status: int, sentence: object, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": str(sentence)}, status, headers)


def _refused(_: Request, error: AnyHTTPException) -> JSONResponse:
    return _error(error.status_code, error.detail, error.headers)


def _bad(_: Request, error: BadRequest) -> JSONResponse:
    return _error(404 if isinstance(error, NotFound) else 400, error)


def _unreadable(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    return _error(400, f"{first['loc'][-1]}: {first['msg']}")


def _unavailable(_: Request, error: AdsyncError) -> JSONResponse:
    return _error(503, error)


def _broken_off(_: Request, error: psycopg.Error) -> JSONResponse:
    said = str(error).strip().splitlines() or [type(error).__name__]
    return _error(503, f"the warehouse did not finish: {said[0]}")
