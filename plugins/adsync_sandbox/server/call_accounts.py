"""The accounts of a call: the endpoint names them, the middleware counts them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Scope

CALLED = "adsync_sandbox.called"


def called_accounts(scope: Scope) -> list[str]:
    """Returns the list to which the endpoint of this call adds its accounts."""
    return scope.setdefault(CALLED, [])


def add_account(request: Request, account_id: str) -> None:
    called = request.scope.get(CALLED)
    if called is not None and account_id not in called:
        called.append(account_id)
