"""Any JSON value at any place of a response: the read loads, rejects or names it, and never fails otherwise."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

import contracts
import sandbox_fixtures
from adsync import registry
from adsync.errors import AdsyncError
from adsync.extract.context import account_zone
from adsync.load import raw_tables
from adsync.load.raw_tables import RawTarget
from adsync.models import Record, RejectedRecord
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import DailyStream, IncrementalStream
from adsync.warehouse.connection import connect
from contracts.reading import sandbox
from sandbox_fixtures import NOW, answering

# JSON texts, some of which no parser of Python's would write.
VALUES = (
    *("null", "true", "false", '""', "[]", "{}", "0", "-1", "1.5", "1e400", "-0.0", "9" * 40, "1e-400", '" "', '"0"'),
    *('"0000-00-00"', '"0000-00-00T00:00:00"', '"2026-11-31"', '"9999-12-31T23:59:59Z"', '"1,234.50"', '"NaN"'),
    *(r'"Sale \ud83d"', r'"a\u0000b"', '"حملة"', r'"\u0001"', "[null]", "[{}]", '{"id":null}', '{"a":[1,{"b":[]}]}'),
    *("[[[[[[[[1]]]]]]]]", '["x",1,null]', '"' + "x" * 5000 + '"', '{"":""}', '"http://[::1"', '"%zz?utm_source=a%"'),
)
MARK = "\x7fplace\x7f"
PER_SOURCE, SAMPLE = 2000, 120
SOURCES = tuple(registry.names())


def places(node: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yields the path of every value below a node."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        yield (*path, name)
        yield from places(value, (*path, name))


def with_value(body: object, path: tuple[object, ...], value: str) -> bytes:
    """Returns the JSON of the body with another value at a place."""
    copied = json.loads(json.dumps(body))
    node = copied
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = MARK
    return json.dumps(copied).replace(json.dumps(MARK), value).encode()


def places_of(body: bytes) -> list[tuple[object, ...]]:
    """Returns every place of a JSON body; none of another body."""
    return [*places(json.loads(body))] if body.lstrip().startswith((b"{", b"[")) else []


class Script:
    """Answers as the sandbox did in one recorded read, by request; `change` replaces one of the bodies."""

    def __init__(self) -> None:
        self.bodies: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.changed: tuple[str, bytes] = ("", b"")
        self.asked = 0

    async def record(self, request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        answer = await inner.handle_async_request(request)
        body = await answer.aread()
        kept = {name: text for name, text in answer.headers.items() if name.startswith("x-")}
        self.bodies.setdefault(self.name(request), (answer.status_code, kept, body))
        return httpx.Response(answer.status_code, headers=kept, content=body)

    def replay(self, request: httpx.Request) -> httpx.Response:
        """A request that was not recorded, such as a smaller page, gets the answer of another one to the same path."""
        self.asked += 1
        if self.asked > 400:
            raise AssertionError("the read does not end")
        name = self.name(request)
        known = name if name in self.bodies else self.like(name)
        if known is None:
            return httpx.Response(404, json={})
        status, headers, body = self.bodies[known]
        return httpx.Response(status, headers=headers, content=self.changed[1] if known == self.changed[0] else body)

    def like(self, name: str) -> str | None:
        path = name.partition("?")[0]
        return next((each for each in self.bodies if each.partition("?")[0] == path), None)

    @staticmethod
    def name(request: httpx.Request) -> str:
        return f"{request.method} {request.url} {request.content.decode()}"


def small(source: str) -> dict[str, object]:
    """Returns days that hold few records, so that thousands of reads take seconds."""
    if registry.load(source).kind == "store":
        return {"asked": TimeRange(NOW - timedelta(days=2), NOW + timedelta(seconds=1))}
    recent = sandbox_fixtures.recent(source, 2)
    return {"asked": DateRange(recent.since, recent.until)}


async def recorded(source: str, stream: str) -> Script:
    script, inner = Script(), sandbox(source, stream)

    async def handle(request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await script.record(request, inner)

    await sandbox_fixtures.pages(source, stream, httpx.MockTransport(handle), **small(source))
    return script


async def read_changed(source: str, stream: str, script: Script) -> list[Record | RejectedRecord]:
    """Reads once; what the runner would do with the pages is done with them too."""
    declared, script.asked = registry.load(source).stream(stream), 0
    read = await sandbox_fixtures.records(source, stream, answering(script.replay), **small(source))
    for record in read:
        if isinstance(record, RejectedRecord):
            assert record.reason
            assert len(record.excerpt) <= 500
            continue
        assert isinstance(json.loads(bytes(record.payload)), object)
        if isinstance(declared, IncrementalStream) and declared.reread:
            declared.reread.is_unfinished(record, NOW)
        if stream == registry.load(source).streams[0].name:
            info = registry.load(source).account_info(record.payload)
            account_zone(replace(sandbox_fixtures.account(source), timezone=info.timezone))
            registry.load(source).notes(record.payload)
    return read


@pytest.mark.parametrize("source", SOURCES)
async def test_any_value_at_any_place_is_loaded_rejected_or_named(source):
    chance = random.Random(source)  # noqa: S311
    streams = [each.name for each in registry.load(source).streams]
    assert set(streams) == {contracts.of(source).first, *contracts.of(source).lists}
    rejected = 0
    for stream in streams:
        script = await recorded(source, stream)
        known = [(name, path) for name in script.bodies for path in places_of(script.bodies[name][2])]
        for _ in range(PER_SOURCE // len(streams) + 1):
            name, path = chance.choice(known)
            value = chance.choice(VALUES)
            script.changed = (name, with_value(json.loads(script.bodies[name][2]), path, value))
            with suppress(AdsyncError):
                read = await read_changed(source, stream, script)
                rejected += sum(isinstance(each, RejectedRecord) for each in read)
    assert rejected > 0


@pytest.mark.parametrize("source", SOURCES)
async def test_what_is_read_of_any_value_can_be_stored(source, warehouse_url):
    chance, declared = random.Random(f"{source} stored"), registry.load(source)  # noqa: S311
    for stream in declared.streams:
        script = await recorded(source, stream.name)
        known = [(name, path) for name in script.bodies for path in places_of(script.bodies[name][2])]
        for number in range(SAMPLE // len(declared.streams)):
            name, path = chance.choice(known)
            script.changed = (name, with_value(json.loads(script.bodies[name][2]), path, chance.choice(VALUES)))
            with suppress(AdsyncError):
                page = await read_changed(source, stream.name, script)
                target = RawTarget(source, stream.name, f"account {number}", "run", NOW)
                days = small(source)["asked"] if isinstance(stream, DailyStream) else None
                async with connect(warehouse_url) as connection, connection.transaction():
                    stats = await raw_tables.write_pages(connection, target, one_page(page), days)
                assert stats.seen == len(page)


async def one_page(page: list[Record | RejectedRecord]) -> AsyncIterator[list[Record | RejectedRecord]]:
    yield page
