"""Rate limits shared by all tasks and processes: token buckets in Redis, one per platform and app, account or token.

A bucket is the time at which it will be full again (GCRA, the generic cell rate algorithm). One script reserves a slot
in all buckets of a call, so that no slot is given out twice. If a platform asks an account or an app to wait, a key of
its own blocks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import redis.asyncio
from redis.exceptions import RedisError

from adsync.errors import ConfigError, TemporaryError
from adsync.models import Credentials, RateLimit, Scope

PREFIX = "adsync:quota"
# A tenth of a limit's period may be used at once; the rest is spread evenly.
BURST = 0.1
# KEYS: the account's block, the app's block, then the buckets.
# ARGV: the maximum wait, then interval and burst of each bucket, all in milliseconds.
# Returns the milliseconds until the call may be sent. Beyond the maximum wait no slot is reserved.
RESERVE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local at = now + math.max(redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]), 0)
local full = {}
for i = 3, #KEYS do
    full[i] = tonumber(redis.call('GET', KEYS[i]) or now)
    at = math.max(at, full[i] - ARGV[2 * i - 3])
end
if at - now <= tonumber(ARGV[1]) then
    for i = 3, #KEYS do
        local after = math.max(full[i], at) + ARGV[2 * i - 4]
        redis.call('SET', KEYS[i], string.format('%.3f', after), 'PX', math.ceil(after - now) + 1000)
    end
end
return math.ceil(at - now)
"""
# A short block does not shorten a longer one.
BLOCK = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
"""


class RateLimiter(Protocol):
    """What the API client calls before and after each request."""

    async def reserve(self, path: str, max_wait: float) -> float:
        """Reserves the next slot for a call and returns the seconds until then; beyond `max_wait` none is reserved."""
        ...

    async def block(self, seconds: float, scope: Scope = "account") -> None:
        """Blocks all calls of this account, or of the whole app, for `seconds`."""
        ...


class NoRateLimit:
    """Used without Redis: only the platform's own limits apply."""

    async def reserve(self, _path: str, _max_wait: float) -> float:
        return 0.0

    async def block(self, _seconds: float, _scope: Scope = "account") -> None:
        pass


NO_RATE_LIMIT = NoRateLimit()


class LimitOwners(NamedTuple):
    """Whose buckets a call uses, one key per scope."""

    account: str
    app: str
    token: str

    @classmethod
    def of(cls, account_id: str, credentials: Credentials) -> LimitOwners:
        """An app is known by its `app_id` or `client_id`, else by its token; a token by its hash."""
        token = hashlib.sha256(credentials.password.encode()).hexdigest()[:16]
        app = str(credentials.extra.get("app_id") or credentials.extra.get("client_id") or "")
        return cls(account_id, app or token, token)

    def key(self, scope: Scope) -> str:
        return getattr(self, scope)


@dataclass(frozen=True)
class RedisRateLimiter:
    """The rate limits of one account."""

    server: redis.asyncio.Redis
    platform: str
    limits: tuple[RateLimit, ...]
    owners: LimitOwners

    async def reserve(self, path: str, max_wait: float) -> float:
        limits = [limit for limit in self.limits if limit.path in path]
        keys = [self._block_key("account"), self._block_key("app"), *(self._bucket_key(limit) for limit in limits)]
        return await self._run(RESERVE, keys, [1000 * max_wait, *_rates(limits)]) / 1000

    async def block(self, seconds: float, scope: Scope = "account") -> None:
        await self._run(BLOCK, [self._block_key(scope)], [max(1, int(1000 * seconds))])

    async def _run(self, script: str, keys: Sequence[str], values: Sequence[float]) -> int:
        try:
            return await self.server.eval(script, len(keys), *keys, *values)
        except RedisError as error:
            raise TemporaryError(
                f"cannot read the rate limits in Redis ({error}): start Redis, or correct its address in adsync_redis "
                "or ADSYNC_REDIS_URL"
            ) from error

    def _block_key(self, scope: Scope) -> str:
        return f"{PREFIX}:{self.platform}:resting:{scope}:{self.owners.key(scope)}"

    def _bucket_key(self, limit: RateLimit) -> str:
        return f"{PREFIX}:{self.platform}:{limit.scope}:{self.owners.key(limit.scope)}:{limit.seconds:g}:{limit.path}"


def check_url(url: str) -> None:
    """Raises ConfigError if the URL or one of its options is invalid; connects to nothing."""
    _client(url)


def _client(url: str) -> redis.asyncio.Redis:
    try:
        server = redis.asyncio.Redis.from_url(url)
        # Unknown options are found here, not at the first call.
        server.connection_pool.make_connection()
    except (ValueError, TypeError, RedisError) as error:
        # Not the error's text: it may hold a part of the password.
        raise ConfigError(
            "invalid Redis URL (expected redis://:password@host:6379/0, with options of redis-py): correct "
            "adsync_redis or ADSYNC_REDIS_URL"
        ) from error
    return server


@asynccontextmanager
async def open_rate_limiter(
    url: str | None, platform: str, limits: Sequence[RateLimit], owners: LimitOwners
) -> AsyncIterator[RateLimiter]:
    """The rate limiter of one account in the Redis at `url`; without a URL nothing is limited."""
    if url is None:
        yield NO_RATE_LIMIT
        return
    server = _client(url)
    async with server:
        yield RedisRateLimiter(server, platform, tuple(limits), owners)


def _rates(limits: Sequence[RateLimit]) -> list[float]:
    """Interval and burst of each limit in milliseconds, alternating."""
    return [number for limit in limits for number in (1000 * limit.seconds / limit.calls, 1000 * limit.seconds * BURST)]
