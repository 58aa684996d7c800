"""Common parts of Zid calls: two secrets, and expired sessions that redirect to a login page.

The store's access token goes into X-Manager-Token, the app's authorization behind Bearer; swapped they are rejected
(sheet on Zid, sections 1 and 6).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.token_store import TokenStore

FOUND, UNAUTHORIZED, NOT_FOUND, UNPROCESSABLE = 302, 401, 404, 422


class ZidError(Exception):
    """An error response in its most common shape; a redirect if `to_login`."""

    def __init__(self, status: int, code: str, name: str, *, to_login: bool = False) -> None:
        super().__init__(name)
        self.status, self.code, self.name, self.to_login = status, code, name, to_login


async def error_response(request: Request, error: Exception) -> Response:
    if not isinstance(error, ZidError):
        raise error
    if error.to_login:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/login?next={request.url.path}", FOUND)
    message = {"type": "error", "code": error.code, "name": error.name, "description": "حدث خطأ"}
    return JSONResponse({"status": "error", "message": message}, error.status)


def authorize(request: Request) -> Store:
    """Authorizes a call; returns its store."""
    manager, app = _secrets(request)
    token_store: TokenStore = request.app.state.token_store
    apps = {grant.app: conn_id for conn_id, grant in token_store.grants.items()}
    if manager in apps:
        raise ZidError(UNAUTHORIZED, "ERROR_SESSION_INVALID", "Invalid session")
    conn_id = token_store.owner("zid", manager)
    if conn_id is None:
        raise ZidError(FOUND, "ERROR_SESSION_EXPIRED", "Session expired", to_login=True)
    if apps.get(app) != conn_id:
        raise ZidError(UNAUTHORIZED, "ERROR_SESSION_INVALID", "Invalid session")
    store = next(one for one in request.app.state.world.stores_of("zid") if one.conn_id == conn_id)
    add_account(request, store.id)
    return store


def _secrets(request: Request) -> tuple[str, str]:
    scheme, _, app = request.headers.get("authorization", "").partition(" ")
    manager = request.headers.get("x-manager-token", "")
    if scheme != "Bearer" or not app or not manager:
        raise ZidError(UNAUTHORIZED, "ERROR_SESSION_MISSING", "Session is missing")
    return manager, app
