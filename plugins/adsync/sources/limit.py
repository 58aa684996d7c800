"""A call budget as a platform documents it; `quota` keeps it, a plan counts with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Whom a call budget belongs to.
Scope = Literal["app", "account", "token"]


@dataclass(frozen=True)
class Limit:
    """At most `calls` in `seconds`, counted together for everybody who shares the `scope`.

    `app` is one developer app (the connection's `app_id`, else its token), `account` one account,
    `token` one access token; `path` narrows it to calls whose path holds that text.
    """

    scope: Scope
    calls: int
    seconds: float
    path: str = ""
