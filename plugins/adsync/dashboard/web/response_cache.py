"""Answers of the page in Redis, for a minute, or until the dashboard is refreshed.

The page works without Redis, only slower and without period figures; so nothing here fails when it does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from adsync.dashboard.cache import PAGES, PREFIX
from adsync.dashboard.web.request import Question

TTL = 60
# A page waits for somebody: a Redis that is away is found out quickly.
SECONDS = 2


@dataclass(frozen=True)
class ResponseCache:
    """What Redis holds for the page. A question that names no workspace is asked afresh each time."""

    client: redis.Redis

    def figures(self, workspace_id: str) -> bytes | None:
        """The dashboard's snapshot of the workspace, JSON."""
        try:
            return self.client.get(f"{PREFIX}{workspace_id}")
        except redis.RedisError:
            return None

    def answer(self, asked: Question) -> bytes | None:
        try:
            return self.client.get(_key(asked)) if asked.workspace_id else None
        except redis.RedisError:
            return None

    def keep(self, asked: Question, answer: bytes) -> None:
        with suppress(redis.RedisError):
            if asked.workspace_id:
                self.client.set(_key(asked), answer, ex=TTL)

    def drop(self, workspace_id: str) -> None:
        """Forget every answer about one workspace."""
        with suppress(redis.RedisError):
            keys = list(self.client.scan_iter(match=f"{PAGES}{workspace_id}:*", count=1000))
            if keys:
                self.client.delete(*keys)


def _key(asked: Question) -> str:
    return f"{PAGES}{asked.workspace_id}:{asked.kept_as}"


@contextmanager
def opened(url: str) -> Iterator[ResponseCache]:
    once = Retry(NoBackoff(), retries=0)
    with redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=once) as client:
        yield ResponseCache(client)
