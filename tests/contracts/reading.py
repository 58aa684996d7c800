"""Reads a stream by its contract: from the world and for the days it names, recording the calls."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import httpx

import contracts
import sandbox_fixtures
from adsync.models import Record
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.leaky_bucket import Limits

# High enough that the cost of a page never reduces it.
ROOMY = Limits(max_cost=100_000)


def sandbox(source: str, stream: str, *faults: Fault, **settings: object) -> httpx.ASGITransport:
    listed = contracts.of(source).lists.get(stream)
    known = listed.world() if listed else sandbox_fixtures.world()
    return sandbox_fixtures.in_memory(*faults, known=known, behavior=Behavior(shopify_limits=ROOMY, **settings))


def fault(source: str, stream: str, kind: str, **more: object) -> Fault:
    return Fault(source, kind, path=contracts.of(source).pathed(stream), **more)


async def pages(source: str, stream: str, transport: httpx.AsyncBaseTransport, **more: object) -> list[list[Record]]:
    listed = contracts.of(source).lists.get(stream)
    asked = sandbox_fixtures.recent(source, listed.days) if listed else None
    return await sandbox_fixtures.pages(source, stream, transport, asked=asked, **more)


async def records(source: str, stream: str, transport: httpx.AsyncBaseTransport, **more: object) -> list[Record]:
    return [record for page in await pages(source, stream, transport, **more) for record in page]


@dataclass
class Noting(httpx.AsyncBaseTransport):
    """Passes calls on and records each: its URL, a space, its body."""

    inner: httpx.AsyncBaseTransport
    asked: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.url} {(await request.aread()).decode()}")
        return await self.inner.handle_async_request(request)

    def times(self, words: str) -> int:
        return sum(words in each for each in self.asked)


@dataclass
class Without(httpx.AsyncBaseTransport):
    """Removes a field from every response, at any depth."""

    inner: httpx.AsyncBaseTransport
    name: str

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        whole = json.loads(await answer.aread())
        return httpx.Response(answer.status_code, json=self._less(whole), request=request)

    def _less(self, part: object) -> object:
        if isinstance(part, dict):
            return {name: self._less(value) for name, value in part.items() if name != self.name}
        return [self._less(each) for each in part] if isinstance(part, list) else part
