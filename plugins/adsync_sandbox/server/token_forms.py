"""Requests of token endpoints: a form or JSON with grant type, client and refresh token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adsync_sandbox.server.token_store import client_id, client_secret


@dataclass(frozen=True)
class Form:
    """The values of a token request."""

    values: Mapping[str, str]

    def error(
        self, platform: str, needed: Sequence[str], *, status: int, grants: Sequence[str] = ("refresh_token",)
    ) -> Response | None:
        """Returns an OAuth error response for an invalid request, None for a valid one."""
        if self.values.get("grant_type") not in grants:
            return _error("unsupported_grant_type", "The grant type is not supported.", status)
        client = (self.values.get("client_id"), self.values.get("client_secret"))
        if client != (client_id(platform), client_secret(platform)):
            return _error("invalid_client", "Client authentication failed.", status)
        for name in needed:
            if not self.values.get(name):
                return _error("invalid_request", f"The parameter {name} is missing.", status)
        return None


async def form_of(request: Request) -> Form:
    raw = (await request.body()).decode()
    if "json" not in request.headers.get("content-type", ""):
        return Form(dict(parse_qsl(raw)))
    try:
        values = await request.json()
    except ValueError:
        return Form({})
    return Form({key: str(value) for key, value in values.items()} if isinstance(values, dict) else {})


def _error(code: str, description: str, status: int) -> Response:
    return JSONResponse({"error": code, "error_description": description}, status)
