"""Call budgets shared by all tasks and processes: token buckets in Redis, one per platform and app, account or token.

A bucket is the instant at which it will be full again (the generic cell rate algorithm), moved by one script, so
that two processes never take the same place. An account that its platform asked to rest has a key of its own, and so
has an app.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import redis.asyncio
from redis.exceptions import RedisError

from adsync.errors import ConfigError, TemporaryError
from adsync.models import Account, Credentials, RateLimit, Scope
from adsync.sources.base import Source

PREFIX = "adsync:quota"
# A tenth of a limit's span may be used at once; the rest comes evenly.
BURST = 0.1
# KEYS: the account's resting key, the app's, then the buckets.
# ARGV: patience, then interval and burst of each bucket, all milliseconds.
# Answers the milliseconds until the call may go out. Its place is taken unless that is longer than patience.
TAKE = """
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
# A short rest must not cut a long one short.
REST = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
"""


class RateLimiter(Protocol):
    """What transport asks before each call, and tells after it."""

    async def take(self, path: str, patience: float) -> float:
        """Reserve the next place for a call: the seconds until then. Beyond `patience` none is reserved."""
        ...

    async def rest(self, seconds: float, scope: Scope = "account") -> None:
        """Let nobody call for so long on behalf of this account, or of the whole app."""
        ...


class NoRateLimit:
    """For runs without Redis: the platform's own refusals are all there is."""

    async def take(self, _path: str, _patience: float) -> float:
        return 0.0

    async def rest(self, _seconds: float, _scope: Scope = "account") -> None:
        pass


NO_RATE_LIMIT = NoRateLimit()


@dataclass(frozen=True)
class RedisRateLimiter:
    """One account's view of the buckets."""

    cache: redis.asyncio.Redis
    source: Source
    account: Account
    credentials: Credentials

    async def take(self, path: str, patience: float) -> float:
        limits = [limit for limit in self.source.limits if limit.path in path]
        keys = [self._resting("account"), self._resting("app"), *(self._bucket(limit) for limit in limits)]
        return await self._run(TAKE, keys, [1000 * patience, *_rates(limits)]) / 1000

    async def rest(self, seconds: float, scope: Scope = "account") -> None:
        await self._run(REST, [self._resting(scope)], [max(1, int(1000 * seconds))])

    async def _run(self, script: str, keys: Sequence[str], values: Sequence[float]) -> int:
        try:
            return await self.cache.eval(script, len(keys), *keys, *values)
        except RedisError as error:
            raise TemporaryError(
                f"the call budgets in Redis cannot be read ({error}): start it again, or correct its address in "
                "adsync_redis or ADSYNC_REDIS_URL"
            ) from error

    def _resting(self, scope: Scope) -> str:
        return f"{PREFIX}:{self.source.name}:resting:{scope}:{self._owner(scope)}"

    def _bucket(self, limit: RateLimit) -> str:
        return f"{PREFIX}:{self.source.name}:{limit.scope}:{self._owner(limit.scope)}:{limit.seconds:g}:{limit.path}"

    def _owner(self, scope: Scope) -> str:
        if scope == "account":
            return self.account.account_id
        extra = self.credentials.extra if scope == "app" else {}
        app = str(extra.get("app_id") or extra.get("client_id") or "")
        return app or hashlib.sha256(self.credentials.password.encode()).hexdigest()[:16]


@asynccontextmanager
async def shared(
    url: str | None, source: Source, account: Account, credentials: Credentials
) -> AsyncIterator[RateLimiter]:
    """The account's budget in the Redis at `url`; unlimited without one."""
    if url is None:
        yield NO_RATE_LIMIT
        return
    try:
        cache = redis.asyncio.Redis.from_url(url)
    except ValueError as error:
        raise ConfigError(f"Redis has no such address: {error}; correct adsync_redis or ADSYNC_REDIS_URL") from error
    async with cache:
        yield RedisRateLimiter(cache, source, account, credentials)


def _rates(limits: Sequence[RateLimit]) -> list[float]:
    """Interval and burst of each limit in milliseconds, in turn."""
    return [number for limit in limits for number in (1000 * limit.seconds / limit.calls, 1000 * limit.seconds * BURST)]
