"""Cached responses of the Ads page in Redis: for a minute, or until the dashboard is refreshed.

Without Redis the page works, only slower and without the figures of the dashboard, so no error of Redis is raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from adsync.dashboard.cache import PREFIX, RESPONSE_PREFIX
from adsync.dashboard.web.request import ViewRequest

TTL = 60
# A user is waiting for the page.
TIMEOUT_SECONDS = 2


@dataclass(frozen=True)
class ResponseCache:
    """Responses by request. A request without a workspace is not cached."""

    client: redis.Redis

    def snapshot(self, workspace_id: str) -> bytes | None:
        """Returns the dashboard snapshot of the workspace as JSON."""
        try:
            return self.client.get(f"{PREFIX}{workspace_id}")
        except redis.RedisError:
            return None

    def get(self, request: ViewRequest) -> bytes | None:
        try:
            return self.client.get(_key(request)) if request.workspace_id else None
        except redis.RedisError:
            return None

    def put(self, request: ViewRequest, response: bytes) -> None:
        with suppress(redis.RedisError):
            if request.workspace_id:
                self.client.set(_key(request), response, ex=TTL)

    def invalidate(self, workspace_id: str) -> None:
        """Deletes every response about one workspace."""
        with suppress(redis.RedisError):
            keys = list(self.client.scan_iter(match=f"{RESPONSE_PREFIX}{workspace_id}:*", count=1000))
            if keys:
                self.client.delete(*keys)


def _key(request: ViewRequest) -> str:
    return f"{RESPONSE_PREFIX}{request.workspace_id}:{request.cache_key}"


@contextmanager
def open_cache(url: str) -> Iterator[ResponseCache]:
    timeouts = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
    with redis.Redis.from_url(url, retry=Retry(NoBackoff(), retries=0), **timeouts) as client:
        yield ResponseCache(client)
