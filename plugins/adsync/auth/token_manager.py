"""The tokens that open accounts: stored encrypted, renewed by one process at a time.

The connection is the seed, the table the truth after the first renewal; a connection that a person has
filled anew counts again. Both tokens are saved before the lock is released. A single-use refresh token
whose answer was lost is never sent a second time: that could revoke everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
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
from adsync.sources.base import Source
from adsync.warehouse.connection import connect

# A token about to end would end on the way.
ABOUT_TO = timedelta(seconds=120)

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


@dataclass(frozen=True)
class TokenManager:
    """Keeps one account's token: `current` gives it, `renewed` replaces one that was refused.

    `asked` is when it went to the token server: each time is a call.
    """

    url: str
    source: Source
    account: Account
    credentials: Credentials
    clock: Callable[[], datetime]
    asked: list[datetime] = field(default_factory=list)

    async def current(self) -> Token:
        """The token to start with; renewed first when it is about to end, or when there is none yet."""
        if self.source.renewal is None:
            return self._seed
        token, _ = await self._known()
        over = not token.access or _ends_within(token, ABOUT_TO, self.clock())
        return await self.renewed(token) if over and self._renewable(token) else token

    async def kept_fresh(self) -> bool:
        """Renew a token that nobody uses before it is too late, as its source asks for; whether that was due."""
        token, renewed_at = await self._known()
        due = self._renewable(token) and _due(self.source.renewal, token, renewed_at, self.clock())
        if due:
            await self.renewed(token)
        return due

    async def renewed(self, used: Token) -> Token:
        """A token newer than `used`: somebody else's, or the one that this call fetches under the row's lock.

        Raises ReauthRequired when only a person can restore access, TemporaryError when the token server is away.
        """
        if not (renewal := self.source.renewal) or not self._renewable(used):
            raise ReauthRequired(
                f"{self.account}: the access token is no longer accepted and {self._connection} holds nothing to renew "
                "it with: grant access again and put the new token there"
            )
        async with connect(self.url) as connection:
            await connection.execute(LOCK, self._key)
            found, _ = await self._read(connection)
            if found and found.access != used.access:
                return found
            token = await self._asked(renewal, found or used)
            values = {"ciphertext": _sealed(token), "expires_at": token.expires_at, "now": self.clock()}
            await connection.execute(SAVE, self._key | values)
            await connection.execute(MARK_ANSWERED, self._key)
        return token

    async def _asked(self, renewal: TokenRefresh, token: Token) -> Token:
        if renewal.single_use and token.refresh:
            await self._refuse_second_try()
            await self._note(MARK_SENT)
        answer = await self._answer(renewal.request(self.credentials, token))
        # After an answer that can be read neither as a token nor as a refusal the refresh token may be gone.
        if renewal.refused(answer):
            await self._note(MARK_ANSWERED)
        try:
            return renewal.read(answer, token, self.clock())
        except AdsyncError as error:
            redact(error, self.credentials, token)
            raise

    async def _answer(self, request: httpx.Request) -> ApiResponse:
        self.asked.append(self.clock())
        try:
            return await session.send_once(request)
        except session.REQUEST_NOT_SENT as error:
            await self._note(MARK_ANSWERED)
            raise TemporaryError(f"{self.account}: the token server cannot be reached: {error!r}") from error
        except httpx.TransportError as error:
            raise TemporaryError(f"{self.account}: the answer to a token refresh was lost: {error!r}") from error

    async def _refuse_second_try(self) -> None:
        async with connect(self.url) as connection:
            sent = await (await connection.execute(UNANSWERED, self._key)).fetchone()
        if sent:
            raise ReauthRequired(
                f"{self.account}: the answer to the token refresh of {sent[0].astimezone(UTC):%Y-%m-%d %H:%M} UTC was "
                "lost, and a second one could revoke all access: install the app again and put its new tokens into "
                f"{self._connection}"
            )

    async def _note(self, statement: str) -> None:
        """Commit at once, whatever becomes of the transaction that holds the lock."""
        async with connect(self.url) as connection:
            await connection.execute(statement, self._key)

    async def _known(self) -> tuple[Token, datetime | None]:
        """The token, and when it was renewed: None while it is still the connection's own."""
        async with connect(self.url) as connection:
            found, renewed_at = await self._read(connection)
        return found or self._seed, renewed_at

    async def _read(self, connection: psycopg.AsyncConnection) -> tuple[Token | None, datetime | None]:
        row = await (await connection.execute(FIND, self._key)).fetchone()
        return (_unsealed(row[0]), row[1]) if row else (None, None)

    def _renewable(self, token: Token) -> bool:
        renewal = self.source.renewal
        return renewal is not None and renewal.possible(self.credentials, token)

    @property
    def _seed(self) -> Token:
        return self.source.seed(self.credentials)

    @property
    def _connection(self) -> str:
        return f"the connection {self.credentials.conn_id}"

    @property
    def _key(self) -> dict[str, object]:
        return {
            "platform": self.account.platform,
            "id": self.account.account_id,
            "seed": hashlib.sha256(msgspec.json.encode(self._seed)).hexdigest(),
        }


def _ends_within(token: Token, span: timedelta, now: datetime) -> bool:
    return token.expires_at is not None and token.expires_at - span <= now


def _due(renewal: TokenRefresh, token: Token, renewed_at: datetime | None, now: datetime) -> bool:
    """The age of a connection's own token is not known: it may be as old as it can be."""
    too_old = renewal.every is not None and (renewed_at is None or now - renewed_at >= renewal.every)
    return too_old or (renewal.early is not None and _ends_within(token, renewal.early, now))


def _sealed(token: Token) -> bytes:
    return encryption.encrypt(msgspec.json.encode(token)).encode()


def _unsealed(ciphertext: bytes) -> Token:
    return msgspec.json.decode(encryption.decrypt(ciphertext.decode()), type=Token)
