"""The access and refresh tokens of every connection, as long as the app runs.

connections.json has the first token of each connection. Platforms differ in what a refresh does to earlier tokens:
refresh tokens may be single-use, reusable or rotated; the platform's spec tells which (`spec.Tokens`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adsync_sandbox.generator.accounts import AdAccount, Store
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.registry import SPECS

REVOKED = "(revoked)"


class Refused(Exception):
    """A refresh token is revoked, unknown or already used."""


@dataclass(frozen=True)
class Grant:
    """A pair of tokens; `expires_at` is a unix second, None for never. `app` is a third secret, which Zid has."""

    access: str
    refresh: str
    expires_at: float | None
    app: str


def has_expiring_tokens(account: AdAccount | Store) -> bool:
    """Returns whether its tokens expire."""
    tokens = SPECS[account.platform].tokens
    return tokens.seconds is not None and tokens.only_in in {"", account.workspace_id}


def client_id(platform: str) -> str:
    return f"sandbox-{platform}-client"


def client_secret(platform: str) -> str:
    return f"sandbox-{platform}-secret"


def refresh_settings(account: AdAccount | Store, token_url: str) -> dict[str, str]:
    """Returns the fields of a connection with which its tokens are refreshed."""
    return {
        "refresh_token": account.token.replace("-token-", "-refresh-"),
        "client_id": client_id(account.platform),
        "client_secret": client_secret(account.platform),
        "token_url": token_url,
    }


class TokenStore:
    """Tokens by connection; `seconds` overrides the lifetime of a platform's access tokens."""

    def __init__(
        self, world: World, seconds: Mapping[str, float] | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.seconds, self.clock = dict(seconds or {}), clock
        self.grants: dict[str, Grant] = {}
        self.refreshes: Counter[str] = Counter()
        self.ids: dict[str, list[str]] = {}
        self._expiries: dict[str, tuple[str, float | None]] = {}
        self._known: dict[str, str] = {}
        self._spent: dict[str, str] = {}
        self._used: set[str] = set()
        self._expiring: set[str] = set()
        for account in (*world.ad_accounts, *world.stores):
            self.ids.setdefault(account.conn_id, []).append(account.id)
            if has_expiring_tokens(account):
                self._expiring.add(account.conn_id)
            self._issue(account.conn_id, account.token)

    def owner(self, platform: str, access: str) -> str | None:
        """Returns the connection of a valid access token, None for any other."""
        conn_id, expiry = self._expiries.get(access, ("", 0.0))
        if not conn_id.startswith(f"{platform}_") or (expiry is not None and self.clock() >= expiry):
            return None
        self._used.add(access)
        return conn_id

    def refresh(self, platform: str, refresh: str) -> Grant:
        """Returns a new pair for a refresh token; raises Refused if it is invalid."""
        conn_id = self._conn_of(platform, refresh)
        self.refreshes[conn_id] += 1
        old, tokens = self.grants[conn_id], SPECS[platform].tokens
        if not tokens.side_by_side:
            self._expire(conn_id)
        if not tokens.reusable:
            self._spent[refresh] = conn_id
        access = f"{old.access.partition('.')[0]}.{self.refreshes[conn_id]}"
        return self._issue(conn_id, access, old.refresh if tokens.reusable else "")

    def exchange(self, platform: str, access: str) -> Grant:
        """Returns a new token for one that is still valid."""
        conn_id = self.owner(platform, access)
        if conn_id is None:
            raise Refused(access)
        self.refreshes[conn_id] += 1
        return self._issue(conn_id, f"{access.partition('.')[0]}.{self.refreshes[conn_id]}")

    def account_ids(self, grant: Grant) -> list[str]:
        """Returns the accounts that a pair of tokens has access to."""
        return self.ids[self._expiries[grant.access][0]]

    def expires_at(self, access: str) -> float | None:
        """Returns the unix second at which a valid token expires."""
        return self._expiries[access][1]

    def seconds_left(self, grant: Grant) -> int | None:
        """Returns the seconds until the access token expires."""
        return None if grant.expires_at is None else max(0, round(grant.expires_at - self.clock()))

    def reissue(self, conn_id: str) -> Grant:
        """Returns a new token for client credentials; the earlier one is revoked."""
        self.refreshes[conn_id] += 1
        self._expire(conn_id)
        return self._issue(conn_id, f"{self.grants[conn_id].access.partition('.')[0]}.{self.refreshes[conn_id]}")

    def expire(self, platform: str, request: str) -> None:
        """Expires the access tokens in the text of a request; their refresh tokens stay valid."""
        for conn_id in {self._expiries[access][0] for access in self._expiries if access in request}:
            if conn_id.startswith(f"{platform}_"):
                self._expire(conn_id)

    def revoke(self, platform: str, request: str) -> None:
        """Revokes all tokens of the connections in the text of a request, as for an uninstalled app."""
        for conn_id, grant in self.grants.items():
            if conn_id.startswith(f"{platform}_") and (grant.access in request or grant.refresh in request):
                self._revoke(conn_id)

    def accounts_in(self, request: str) -> str:
        """Returns the accounts whose tokens are in the text of a request."""
        found = {conn_id for access, conn_id in self._known.items() if access in request}
        found |= {conn_id for conn_id, grant in self.grants.items() if grant.refresh in request}
        return " ".join(one for conn_id in sorted(found) for one in self.ids[conn_id])

    def _conn_of(self, platform: str, refresh: str) -> str:
        if conn_id := self._spent.get(refresh):
            return self._reused(platform, refresh, conn_id)
        for conn_id, grant in self.grants.items():
            if conn_id.startswith(f"{platform}_") and grant.refresh == refresh:
                return conn_id
        raise Refused(refresh)

    def _reused(self, platform: str, refresh: str, conn_id: str) -> str:
        if SPECS[platform].tokens.forgiving and self.grants[conn_id].access not in self._used:
            return conn_id
        if SPECS[platform].tokens.second_use_ends_all:
            self._revoke(conn_id)
        raise Refused(refresh)

    def _issue(self, conn_id: str, access: str, refresh: str = "") -> Grant:
        platform = conn_id.partition("_")[0]
        seconds = self.seconds.get(platform, SPECS[platform].tokens.seconds)
        expiry = self.clock() + seconds if seconds is not None and conn_id in self._expiring else None
        self._expiries[access], self._known[access] = (conn_id, expiry), conn_id
        line = access.replace("-token-", "-{}-")
        grant = Grant(access, refresh or line.format("refresh"), expiry, line.format("authorization"))
        self.grants[conn_id] = grant
        return grant

    def _expire(self, conn_id: str) -> None:
        self._expiries = {access: entry for access, entry in self._expiries.items() if entry[0] != conn_id}

    def _revoke(self, conn_id: str) -> None:
        self._expire(conn_id)
        self._spent[self.grants[conn_id].refresh] = ""
        self.grants[conn_id] = Grant(REVOKED, REVOKED, None, REVOKED)
