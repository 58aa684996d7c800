"""Common parts of Salla calls: the bearer token, the leaky bucket of the store's plan, the envelope.

There are five kinds of 401, and a token refresh helps with one only (sheet on Salla, sections 1, 5 and 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.server.call_accounts import add_account
from adsync_sandbox.server.leaky_bucket import Bucket

UNAUTHORIZED, NOT_FOUND, UNPROCESSABLE, TOO_MANY = 401, 404, 422, 429
INVALID_TOKEN = "The access token is invalid or expired."


class SallaError(Exception):
    """An error response: {status, success: false, error: {code, message}}."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})

    def response(self) -> Response:
        error = {"code": self.code, "message": self.message}
        body = {"status": self.status, "success": False, "error": error}
        return JSONResponse(body, self.status, headers=self.headers)


async def error_response(_request: Request, error: Exception) -> Response:
    if not isinstance(error, SallaError):
        raise error
    return error.response()


def unauthorized(message: str) -> SallaError:
    return SallaError(UNAUTHORIZED, "Unauthorized", message)


@dataclass(frozen=True)
class Call:
    """One authorized call."""

    request: Request
    store: Store
    rate: Mapping[str, str]

    @property
    def params(self) -> dict[str, str]:
        return dict(self.request.query_params.multi_items())

    def succeeded(self, data: object, **more: object) -> Response:
        return JSONResponse({"status": 200, "success": True, "data": data, **more}, headers=dict(self.rate))


async def authorize(request: Request) -> Call:
    """Authorizes a call and takes one token of the store's leaky bucket."""
    state = request.app.state
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    conn_id = state.token_store.owner("salla", token) if scheme == "Bearer" else None
    store = next((one for one in state.world.stores_of("salla") if one.conn_id == conn_id), None)
    if store is None:
        raise unauthorized(INVALID_TOKEN)
    add_account(request, store.id)
    bucket: Bucket = state.buckets[store.id]
    taken = bucket.take(1)
    rate = _rate(bucket, int(state.token_store.clock()))
    if not taken:
        wait = max(1, ceil((1 - bucket.available) / bucket.limits.restore))
        raise SallaError(TOO_MANY, "too_many_requests", "Too many requests.", {**rate, "Retry-After": str(wait)})
    return Call(request, store, rate)


def _rate(bucket: Bucket, now: int) -> dict[str, str]:
    full = ceil((bucket.limits.bucket - bucket.available) / bucket.limits.restore)
    return {
        "X-RateLimit-Limit": str(bucket.limits.bucket),
        "X-RateLimit-Remaining": str(int(bucket.available)),
        "X-RateLimit-Reset": str(now + full),
    }
