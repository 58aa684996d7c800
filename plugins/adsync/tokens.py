"""The tokens that open accounts: stored encrypted, renewed by one process at a time.

The connection is the seed, the table the truth after the first renewal; a connection that a person has
filled anew counts again. Both tokens are saved before the lock is released. A single-use refresh token
whose answer was lost is never sent a second time: that could revoke everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import msgspec
import psycopg

from adsync import sealing, warehouse
from adsync.errors import AdsyncError, ReauthRequired, TemporaryError
from adsync.sources.base import Account, Answer, Credentials, Renewal, Source, Token

TIMEOUT = httpx.Timeout(30)
EARLY = timedelta(seconds=120)

FIND = """
select ciphertext from adsync.tokens
where platform = %(platform)s and native_id = %(id)s and seed_digest = %(seed)s
"""
LOCK = """
insert into adsync.tokens as known (platform, native_id, ciphertext) values (%(platform)s, %(id)s, '')
on conflict (platform, native_id) do update set platform = known.platform
"""
SAVE = """
update adsync.tokens set ciphertext = %(ciphertext)s, expires_at = %(expires_at)s, seed_digest = %(seed)s,
    renewed_at = now(), updated_at = now()
where platform = %(platform)s and native_id = %(id)s
"""
UNANSWERED = """
select sent_at from adsync.token_refreshes
where platform = %(platform)s and native_id = %(id)s and seed_digest = %(seed)s
"""
ANNOUNCE = """
insert into adsync.token_refreshes (platform, native_id, seed_digest) values (%(platform)s, %(id)s, %(seed)s)
on conflict (platform, native_id) do update set sent_at = now(), seed_digest = excluded.seed_digest
"""
ANSWERED = "delete from adsync.token_refreshes where platform = %(platform)s and native_id = %(id)s"


@dataclass(frozen=True)
class Keeper:
    """Keeps one account's token: `current` gives it, `renewed` replaces one that was refused."""

    url: str
    source: Source
    account: Account
    credentials: Credentials
    clock: Callable[[], datetime]
    network: httpx.AsyncBaseTransport | None = None

    async def current(self) -> Token:
        """The token to start with; renewed first when it is about to end."""
        async with await warehouse.connect(self.url) as connection:
            token = await self._read(connection) or self._seed
        renewal = self.source.renewal
        if renewal and token.refresh and token.expires_at and token.expires_at - EARLY <= self.clock():
            return await self.renewed(token)
        return token

    async def renewed(self, used: Token) -> Token:
        """A token newer than `used`: somebody else's, or the one that this call fetches under the row's lock.

        Raises ReauthRequired when only a person can restore access, TemporaryError when the token server is away.
        """
        renewal = self.source.renewal
        if renewal is None or not used.refresh:
            raise ReauthRequired(f"{self.account}: the access token ended and {self._connection} has no refresh token")
        async with await warehouse.connect(self.url) as connection:
            await connection.execute(LOCK, self._key)
            found = await self._read(connection)
            if found and found.access != used.access:
                return found
            token = await self._asked(renewal, found or used)
            values = {"ciphertext": _sealed(token), "expires_at": token.expires_at}
            await connection.execute(SAVE, self._key | values)
            await connection.execute(ANSWERED, self._key)
        return token

    async def _asked(self, renewal: Renewal, token: Token) -> Token:
        """Send the one request; what becomes of its answer decides whether it may ever be sent again."""
        if renewal.single_use:
            await self._refuse_second_try()
        await self._note(ANNOUNCE)
        try:
            answer = await self._sent(renewal.request(self.credentials, token))
        except httpx.ConnectError as error:
            await self._note(ANSWERED)
            raise TemporaryError(f"{self.account}: the token server cannot be reached: {error}") from error
        except httpx.TransportError as error:
            raise TemporaryError(f"{self.account}: the answer to a token refresh was lost: {error!r}") from error
        try:
            return renewal.read(answer, token, self.clock())
        except AdsyncError:
            await self._note(ANSWERED)
            raise

    async def _sent(self, request: httpx.Request) -> Answer:
        async with httpx.AsyncClient(timeout=TIMEOUT, transport=self.network) as http:
            response = await http.send(request)
        return Answer(response.status_code, response.headers, response.content)

    async def _refuse_second_try(self) -> None:
        async with await warehouse.connect(self.url) as connection:
            sent = await (await connection.execute(UNANSWERED, self._key)).fetchone()
        if sent:
            raise ReauthRequired(
                f"{self.account}: the answer to the token refresh of {sent[0]:%Y-%m-%d %H:%M} UTC was lost, and a second "
                f"one could revoke all access: reinstall the app and put its new tokens into {self._connection}"
            )

    async def _note(self, statement: str) -> None:
        """Commit at once, whatever becomes of the transaction that holds the lock."""
        async with await warehouse.connect(self.url) as connection:
            await connection.execute(statement, self._key)

    async def _read(self, connection: psycopg.AsyncConnection) -> Token | None:
        row = await (await connection.execute(FIND, self._key)).fetchone()
        return _unsealed(row[0]) if row and row[0] else None

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


def _sealed(token: Token) -> bytes:
    return sealing.seal(msgspec.json.encode(token)).encode()


def _unsealed(ciphertext: bytes) -> Token:
    return msgspec.json.decode(sealing.unseal(ciphertext.decode()), type=Token)
