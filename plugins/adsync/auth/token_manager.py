"""The access tokens of accounts: stored encrypted, refreshed by one process at a time.

The token in the connection is used until the first refresh, then the one in the table; a connection that was edited
since takes precedence again. Both tokens are saved before the lock is released. If the response to a single-use refresh
token was lost, that token is never sent again: doing so could revoke all access.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import psycopg

from adsync.api import session
from adsync.api.redaction import redact
from adsync.auth import encryption
from adsync.auth.token_refresh import TokenRefresh
from adsync.errors import AdsyncError, ReauthRequired, TemporaryError
from adsync.models import Account, ApiResponse, Credentials, Token
from adsync.warehouse.connection import connect

# A token with less time left could expire during a request.
MIN_VALIDITY = timedelta(seconds=120)

FIND = """
select ciphertext, renewed_at from adsync.tokens
where platform = %(platform)s and native_id = %(id)s and seed_digest = %(seed)s and ciphertext <> ''
"""
LOCK = """
insert into adsync.tokens as known (platform, native_id, ciphertext) values (%(platform)s, %(id)s, '')
on conflict (platform, native_id) do update set platform = known.platform
"""
SAVE = """
update adsync.tokens set ciphertext = %(ciphertext)s, expires_at = %(expires_at)s, seed_digest = %(seed)s,
    renewed_at = %(now)s, updated_at = now()
where platform = %(platform)s and native_id = %(id)s
"""
UNANSWERED = """
select sent_at from adsync.token_refreshes
where platform = %(platform)s and native_id = %(id)s and seed_digest = %(seed)s
"""
MARK_SENT = """
insert into adsync.token_refreshes (platform, native_id, seed_digest) values (%(platform)s, %(id)s, %(seed)s)
on conflict (platform, native_id) do update set sent_at = now(), seed_digest = excluded.seed_digest
"""
MARK_ANSWERED = "delete from adsync.token_refreshes where platform = %(platform)s and native_id = %(id)s"


@dataclass
class TokenManager:
    """The token of one account: `get` returns a valid one, `refresh` replaces one that was rejected.

    `initial` is the token in the connection; `token_refresh` is None for platforms whose tokens cannot be refreshed.
    """

    url: str
    account: Account
    credentials: Credentials
    initial: Token
    token_refresh: TokenRefresh | None
    clock: Callable[[], datetime]
    refresh_calls: int = 0

    @property
    def is_refreshable(self) -> bool:
        """Whether the platform can replace a token at all."""
        return self.token_refresh is not None

    async def get(self) -> Token:
        """Returns the current token; refreshes it first if it is missing or about to expire."""
        if self.token_refresh is None:
            return self.initial
        token, _ = await self._load()
        is_over = not token.access or _expires_within(token, MIN_VALIDITY, self.clock())
        return await self.refresh(token) if is_over and self._can_refresh(token) else token

    async def refresh_if_old(self) -> bool:
        """Refreshes an unused token before it expires, by the rules of its source; returns whether it was due."""
        token, refreshed_at = await self._load()
        if self.token_refresh is None or not self._can_refresh(token):
            return False
        is_due = _is_due(self.token_refresh, token, refreshed_at, self.clock())
        if is_due:
            await self.refresh(token)
        return is_due

    async def refresh(self, rejected: Token) -> Token:
        """Returns a token newer than `rejected`: the one another process stored, or a new one requested under the lock.

        Raises ReauthRequired if the account needs new authorization, TemporaryError if the token server is unreachable.
        """
        if self.token_refresh is None or not self._can_refresh(rejected):
            raise ReauthRequired(
                f"{self.account}: access token rejected, and connection {self.credentials.conn_id} holds nothing to "
                "refresh it with: grant access again and put the new token there"
            )
        async with connect(self.url) as connection:
            await connection.execute(LOCK, self._key)
            stored, _ = await self._read(connection)
            if stored and stored.access != rejected.access:
                return stored
            token = await self._request(self.token_refresh, stored or rejected)
            values = {"ciphertext": _encrypted(token), "expires_at": token.expires_at, "now": self.clock()}
            await connection.execute(SAVE, self._key | values)
            await connection.execute(MARK_ANSWERED, self._key)
        return token

    async def _request(self, token_refresh: TokenRefresh, token: Token) -> Token:
        if token_refresh.single_use and token.refresh:
            await self._refuse_second_use()
            await self._commit(MARK_SENT)
        response = await self._send(token_refresh.request(self.credentials, token))
        # After any other failure the refresh token may be used up.
        if token_refresh.is_rejection(response):
            await self._commit(MARK_ANSWERED)
        try:
            return token_refresh.read(response, token, self.clock())
        except AdsyncError as error:
            redact(error, self.credentials, token)
            raise

    async def _send(self, request: httpx.Request) -> ApiResponse:
        self.refresh_calls += 1
        try:
            return await session.send_once(request)
        except session.REQUEST_NOT_SENT as error:
            await self._commit(MARK_ANSWERED)
            raise TemporaryError(f"{self.account}: token server unreachable: {error!r}") from error
        except httpx.TransportError as error:
            raise TemporaryError(f"{self.account}: lost the response to a token refresh: {error!r}") from error

    async def _refuse_second_use(self) -> None:
        async with connect(self.url) as connection:
            sent = await (await connection.execute(UNANSWERED, self._key)).fetchone()
        if sent:
            raise ReauthRequired(
                f"{self.account}: lost the response to the token refresh of {sent[0].astimezone(UTC):%Y-%m-%d %H:%M} "
                "UTC, and a second refresh could revoke all access: reinstall the app and put its new tokens into "
                f"connection {self.credentials.conn_id}"
            )

    async def _commit(self, statement: str) -> None:
        """Commits at once, in a transaction apart from the one that holds the lock."""
        async with connect(self.url) as connection:
            await connection.execute(statement, self._key)

    async def _load(self) -> tuple[Token, datetime | None]:
        """The token, and when it was refreshed; None for the connection's own token."""
        async with connect(self.url) as connection:
            stored, refreshed_at = await self._read(connection)
        return stored or self.initial, refreshed_at

    async def _read(self, connection: psycopg.AsyncConnection) -> tuple[Token | None, datetime | None]:
        row = await (await connection.execute(FIND, self._key)).fetchone()
        return (_decrypted(row[0]), row[1]) if row else (None, None)

    def _can_refresh(self, token: Token) -> bool:
        return self.token_refresh is not None and self.token_refresh.can_refresh(self.credentials, token)

    @property
    def _key(self) -> dict[str, object]:
        return {
            "platform": self.account.platform,
            "id": self.account.account_id,
            "seed": hashlib.sha256(msgspec.json.encode(self.initial)).hexdigest(),
        }


def _expires_within(token: Token, time: timedelta, now: datetime) -> bool:
    return token.expires_at is not None and token.expires_at - time <= now


def _is_due(token_refresh: TokenRefresh, token: Token, refreshed_at: datetime | None, now: datetime) -> bool:
    """The age of a connection's own token is unknown: it counts as too old."""
    max_age, refresh_before = token_refresh.max_age, token_refresh.refresh_before
    is_too_old = max_age is not None and (refreshed_at is None or now - refreshed_at >= max_age)
    return is_too_old or (refresh_before is not None and _expires_within(token, refresh_before, now))


def _encrypted(token: Token) -> bytes:
    return encryption.encrypt(msgspec.json.encode(token)).encode()


def _decrypted(ciphertext: bytes) -> Token:
    return msgspec.json.decode(encryption.decrypt(ciphertext.decode()), type=Token)
