"""Which account a call is about: the endpoint knows, the middleware counts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Scope

CALLED = "adsync_sandbox.called"


def listen(scope: Scope) -> list[str]:
    """Where the endpoints of this call will name their accounts."""
    return scope.setdefault(CALLED, [])


def about(request: Request, account_id: str) -> None:
    called = request.scope.get(CALLED)
    if called is not None and account_id not in called:
        called.append(account_id)
