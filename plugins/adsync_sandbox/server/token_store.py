"""Who may come in: the access and refresh tokens of every connection, for as long as the app lives.

A token in connections.json is the first of its line. The platforms differ in what a refresh does to the tokens
before it: Salla's refresh tokens are single use and a second use ends everything; Snapchat's are reusable;
Shopify's and Zid's rotate (sheets, section 1 of each). Their facts say so.
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
    """A refresh token that is dead, unknown or used up."""


@dataclass(frozen=True)
class Grant:
    """A pair of tokens; `expires_at` is a unix second, None for never. `app` is Zid's third secret."""

    access: str
    refresh: str
    expires_at: float | None
    app: str


def renews(account: AdAccount | Store) -> bool:
    """Whether its tokens end by themselves."""
    tokens = SPECS[account.platform].tokens
    return tokens.seconds is not None and tokens.only_in in {"", account.workspace_id}


def client_id(platform: str) -> str:
    return f"sandbox-{platform}-client"


def client_secret(platform: str) -> str:
    return f"sandbox-{platform}-secret"


def renewal(account: AdAccount | Store, token_url: str) -> dict[str, str]:
    """What a connection needs to renew its tokens."""
    return {
        "refresh_token": account.token.replace("-token-", "-refresh-"),
        "client_id": client_id(account.platform),
        "client_secret": client_secret(account.platform),
        "token_url": token_url,
    }


class TokenStore:
    """Tokens by connection; `seconds` says how long a platform's live when not as long as usual."""

    def __init__(
        self, world: World, seconds: Mapping[str, float] | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.seconds, self.clock = dict(seconds or {}), clock
        self.grants: dict[str, Grant] = {}
        self.refreshes: Counter[str] = Counter()
        self.ids: dict[str, list[str]] = {}
        self._ends: dict[str, tuple[str, float | None]] = {}
        self._known: dict[str, str] = {}
        self._spent: dict[str, str] = {}
        self._used: set[str] = set()
        self._renewing: set[str] = set()
        for account in (*world.ad_accounts, *world.stores):
            self.ids.setdefault(account.conn_id, []).append(account.id)
            if renews(account):
                self._renewing.add(account.conn_id)
            self._issue(account.conn_id, account.token)

    def owner(self, platform: str, access: str) -> str | None:
        """The connection whose live token this is."""
        conn_id, ends = self._ends.get(access, ("", 0.0))
        if not conn_id.startswith(f"{platform}_") or (ends is not None and self.clock() >= ends):
            return None
        self._used.add(access)
        return conn_id

    def renew(self, platform: str, refresh: str) -> Grant:
        """A new pair for a refresh token; Refused when there is none to be had."""
        conn_id = self._conn_of(platform, refresh)
        self.refreshes[conn_id] += 1
        old, tokens = self.grants[conn_id], SPECS[platform].tokens
        if not tokens.side_by_side:
            self._end(conn_id)
        if not tokens.reusable:
            self._spent[refresh] = conn_id
        access = f"{old.access.partition('.')[0]}.{self.refreshes[conn_id]}"
        return self._issue(conn_id, access, old.refresh if tokens.reusable else "")

    def exchange(self, platform: str, access: str) -> Grant:
        """A new token for one that is still alive."""
        conn_id = self.owner(platform, access)
        if conn_id is None:
            raise Refused(access)
        self.refreshes[conn_id] += 1
        return self._issue(conn_id, f"{access.partition('.')[0]}.{self.refreshes[conn_id]}")

    def ids_of(self, grant: Grant) -> list[str]:
        """The accounts a pair of tokens opens."""
        return self.ids[self._ends[grant.access][0]]

    def ends(self, access: str) -> float | None:
        """The unix second at which a live token ends."""
        return self._ends[access][1]

    def left(self, grant: Grant) -> int | None:
        """Seconds until the access token ends."""
        return None if grant.expires_at is None else max(0, round(grant.expires_at - self.clock()))

    def again(self, conn_id: str) -> Grant:
        """A new token for a client that needs nothing but itself; the earlier one ends."""
        self.refreshes[conn_id] += 1
        self._end(conn_id)
        return self._issue(conn_id, f"{self.grants[conn_id].access.partition('.')[0]}.{self.refreshes[conn_id]}")

    def kill(self, platform: str, told: str) -> None:
        """End the access tokens that stand in a request; their refresh tokens live on."""
        for conn_id in {self._ends[access][0] for access in self._ends if access in told}:
            if conn_id.startswith(f"{platform}_"):
                self._end(conn_id)

    def revoke(self, platform: str, told: str) -> None:
        """End everything of the connections named in a request: an app that was uninstalled."""
        for conn_id, grant in self.grants.items():
            if conn_id.startswith(f"{platform}_") and (grant.access in told or grant.refresh in told):
                self._revoke(conn_id)

    def accounts_told(self, told: str) -> str:
        """The accounts whose tokens stand in a request, where its address names none."""
        found = {conn_id for access, conn_id in self._known.items() if access in told}
        found |= {conn_id for conn_id, grant in self.grants.items() if grant.refresh in told}
        return " ".join(one for conn_id in sorted(found) for one in self.ids[conn_id])

    def _conn_of(self, platform: str, refresh: str) -> str:
        if conn_id := self._spent.get(refresh):
            return self._again(platform, refresh, conn_id)
        for conn_id, grant in self.grants.items():
            if conn_id.startswith(f"{platform}_") and grant.refresh == refresh:
                return conn_id
        raise Refused(refresh)

    def _again(self, platform: str, refresh: str, conn_id: str) -> str:
        if SPECS[platform].tokens.forgiving and self.grants[conn_id].access not in self._used:
            return conn_id
        if SPECS[platform].tokens.second_use_ends_all:
            self._revoke(conn_id)
        raise Refused(refresh)

    def _issue(self, conn_id: str, access: str, refresh: str = "") -> Grant:
        platform = conn_id.partition("_")[0]
        seconds = self.seconds.get(platform, SPECS[platform].tokens.seconds)
        ends = self.clock() + seconds if seconds is not None and conn_id in self._renewing else None
        self._ends[access], self._known[access] = (conn_id, ends), conn_id
        line = access.replace("-token-", "-{}-")
        grant = Grant(access, refresh or line.format("refresh"), ends, line.format("authorization"))
        self.grants[conn_id] = grant
        return grant

    def _end(self, conn_id: str) -> None:
        self._ends = {access: entry for access, entry in self._ends.items() if entry[0] != conn_id}

    def _revoke(self, conn_id: str) -> None:
        self._end(conn_id)
        self._spent[self.grants[conn_id].refresh] = ""
        self.grants[conn_id] = Grant(REVOKED, REVOKED, None, REVOKED)
