"""Call budgets shared by all tasks and processes: token buckets in Redis, one per platform and app, account or token.

A bucket is the instant at which it will be full again (the generic cell rate algorithm), moved by one script, so
that two processes never take the same place. An account that its platform asked to rest has a key of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import redis.asyncio
from redis.exceptions import RedisError

from adsync.errors import ConfigError
from adsync.sources.base import Account, Credentials, Limit, Source

PREFIX = "adsync:quota"
# A tenth of a limit's span may be used at once; the rest comes evenly.
BURST = 0.1
# KEYS: the resting key, then the buckets. ARGV: interval and burst of each bucket, in milliseconds.
# Answers the milliseconds to wait; 0 means that a place was taken in every bucket.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local wait = math.max(redis.call('PTTL', KEYS[1]), 0)
local full = {}
for i = 2, #KEYS do
    full[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or now), now)
    wait = math.max(wait, full[i] - now - ARGV[2 * i - 2])
end
if wait > 0 then return math.ceil(wait) end
for i = 2, #KEYS do
    local after = full[i] + ARGV[2 * i - 3]
    redis.call('SET', KEYS[i], after, 'PX', math.ceil(after - now) + 1000)
end
return 0
"""


class Budget(Protocol):
    """What transport asks before each call, and tells after it."""

    async def take(self, path: str) -> float:
        """Seconds to wait before asking again; 0.0 when the call may go out now."""
        ...

    async def rest(self, seconds: float) -> None:
        """Let nobody call on behalf of this account for so long."""
        ...


class Unlimited:
    """For runs without Redis: the platform's own refusals are all there is."""

    async def take(self, path: str) -> float:  # noqa: ARG002
        return 0.0

    async def rest(self, seconds: float) -> None:
        pass


UNLIMITED = Unlimited()


@dataclass(frozen=True)
class SharedBudget:
    """One account's view of the buckets."""

    cache: redis.asyncio.Redis
    source: Source
    account: Account
    credentials: Credentials

    async def take(self, path: str) -> float:
        limits = [limit for limit in self.source.limits if limit.path in path]
        keys = [self._resting, *(self._bucket(limit) for limit in limits)]
        try:
            return await self.cache.eval(TAKE, len(keys), *keys, *_rates(limits)) / 1000
        except RedisError as error:
            raise ConfigError(f"the call budgets in Redis cannot be read: {error}; is adsync_redis right?") from error

    async def rest(self, seconds: float) -> None:
        await self.cache.set(self._resting, 1, px=max(1, int(seconds * 1000)))

    @property
    def _resting(self) -> str:
        return f"{PREFIX}:{self.source.name}:resting:{self.account.account_id}"

    def _bucket(self, limit: Limit) -> str:
        return f"{PREFIX}:{self.source.name}:{limit.scope}:{self._owner(limit)}:{limit.seconds:g}:{limit.path}"

    def _owner(self, limit: Limit) -> str:
        if limit.scope == "account":
            return self.account.account_id
        app = str(self.credentials.extra.get("app_id", "")) if limit.scope == "app" else ""
        return app or hashlib.sha256(self.credentials.password.encode()).hexdigest()[:16]


@asynccontextmanager
async def shared(url: str | None, source: Source, account: Account, credentials: Credentials) -> AsyncIterator[Budget]:
    """The account's budget in the Redis at `url`; unlimited without one."""
    if url is None:
        yield UNLIMITED
        return
    async with redis.asyncio.Redis.from_url(url) as cache:
        yield SharedBudget(cache, source, account, credentials)


def _rates(limits: Sequence[Limit]) -> list[float]:
    """Interval and burst of each limit in milliseconds, in turn."""
    return [number for limit in limits for number in (1000 * limit.seconds / limit.calls, 1000 * limit.seconds * BURST)]
