"""Answers of the page in Redis, for a minute: one hash per workspace, dropped whole by every refresh of the dashboard.

The page works without Redis, only slower and without period figures; so nothing here fails when it does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from adsync.dashboard.cache import PAGES, PREFIX
from adsync.dashboard.page.question import Question

TTL = 60
# A page waits for somebody: a Redis that is away is found out quickly.
SECONDS = 2


@dataclass(frozen=True)
class Kept:
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
            return self.client.hget(f"{PAGES}{asked.workspace_id}", asked.kept_as) if asked.workspace_id else None
        except redis.RedisError:
            return None

    def keep(self, asked: Question, answer: bytes) -> None:
        """The hash's age counts from its first answer: none is ever shown for longer than TTL."""
        if not asked.workspace_id:
            return
        key = f"{PAGES}{asked.workspace_id}"
        try:
            with self.client.pipeline(transaction=True) as pipeline:
                pipeline.hset(key, asked.kept_as, answer)
                pipeline.expire(key, TTL, nx=True)
                pipeline.execute()
        except redis.RedisError:
            return

    def drop(self, workspace_id: str) -> None:
        try:
            self.client.delete(f"{PAGES}{workspace_id}")
        except redis.RedisError:
            return


@contextmanager
def opened(url: str) -> Iterator[Kept]:
    once = Retry(NoBackoff(), retries=0)
    with redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=once) as client:
        yield Kept(client)
