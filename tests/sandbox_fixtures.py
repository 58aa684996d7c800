"""The sandbox for tests: one small world, clients that reach it in memory, and servers on 127.0.0.1."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from starlette.types import ASGIApp

from adsync import registry
from adsync.api.client import ApiClient
from adsync.auth import encryption
from adsync.config import workspaces
from adsync.models import Account, Credentials, LearnedLimits, Record
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import DailyStream, EntityStream, IncrementalStream, Stream
from adsync.state import accounts
from adsync.warehouse.connection import connect_now
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server import files
from adsync_sandbox.server.app import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAYS = 40
CUSTOMER_KEY = b"k" * 32
META, TIKTOK, SHOPIFY = "901234567891", "7000000000000000002", "acme.myshopify.com"
BASE = "http://sandbox"
SHUTDOWN_SECONDS = 10

Answers = Callable[[httpx.Request], httpx.Response]


@cache
def world() -> World:
    return World.create(7, NOW, days=DAYS, orders=4)


def _default_accounts() -> dict[str, str]:
    """One account per source: the first of the small world, unless a constant above names another."""
    found: dict[str, str] = {}
    for one in (*world().ad_accounts, *world().stores):
        found.setdefault(one.platform, one.id)
    return found | {"meta": META, "tiktok": TIKTOK}


ACCOUNT = _default_accounts()


def account(source: str, account_id: str = "") -> Account:
    account_id = account_id or ACCOUNT[source]
    owner = next(one for one in (*world().ad_accounts, *world().stores) if one.id == account_id)
    return Account(
        owner.workspace_id, source, account_id, owner.conn_id, timezone=owner.timezone, customer_key=CUSTOMER_KEY
    )


def account_with(source: str, status: str) -> str:
    """Returns an account with a campaign of this status that had delivery."""
    for one in world().ad_accounts:
        if one.platform == source and status in {row.campaign.status for row in world().deliveries(one.id)}:
            return one.id
    raise LookupError(f"no {source} campaign of the small world is {status}")


def credentials(conn_id: str, base: str = BASE) -> Credentials:
    fields = files.connections(world(), base)[conn_id]
    return Credentials(conn_id, **{name: value for name, value in fields.items() if name != "conn_type"})


def recent(source: str, days: int = 30, account_id: str = "") -> DateRange | TimeRange:
    """Returns the last days up to and including today, as a range of the source's long stream."""
    if registry.load(source).kind == "store":
        return TimeRange(NOW - timedelta(days=days), NOW + timedelta(seconds=1))
    today = world().today(account(source, account_id).timezone)
    return DateRange(today - timedelta(days=days - 1), today + timedelta(days=1))


class Pauses(list[float]):
    """Records the waits of a client without waiting."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@asynccontextmanager
async def connected(
    who: Account, transport: httpx.AsyncBaseTransport, pause: Pauses | None = None, known: Credentials | None = None
) -> AsyncIterator[ApiClient]:
    source, known = registry.load(who.platform), known or credentials(who.conn_id)
    async with httpx.AsyncClient(transport=transport, base_url=source.base_url(known, who.account_id)) as http:
        yield ApiClient(http, source, known, source.initial_token(known), sleep=Pauses() if pause is None else pause)


def in_memory(*faults: Fault, known: World | None = None, **more: object) -> httpx.ASGITransport:
    return httpx.ASGITransport(create_app(known or world(), faults, **more))


def answering(answers: Answers) -> httpx.MockTransport:
    return httpx.MockTransport(answers)


async def nothing_stored(_: Sequence[str]) -> Mapping[str, bytes]:
    return {}


def read_arguments(stream: Stream, *asked: object) -> tuple[object, ...]:
    """What a stream's `read` takes after the account; by default nothing is learned and nothing is stored."""
    more = {EntityStream: (), DailyStream: (None, LearnedLimits()), IncrementalStream: (None, nothing_stored)}
    return (*asked, *more[type(stream)][len(asked) :])


async def pages(
    source: str,
    stream: str,
    transport: httpx.AsyncBaseTransport,
    *,
    asked: DateRange | TimeRange | None = None,
    pause: Pauses | None = None,
    account_id: str = "",
) -> list[list[Record]]:
    """Returns every page of one read of a stream."""
    declared = registry.load(source).stream(stream)
    who = account(source, account_id)
    span = () if isinstance(declared, EntityStream) else (asked or recent(source, account_id=account_id),)
    async with connected(who, transport, pause) as client:
        return [page async for page in declared.read(client, who, *read_arguments(declared, *span))]


async def records(source: str, stream: str, transport: httpx.AsyncBaseTransport, **more: object) -> list[Record]:
    return [record for page in await pages(source, stream, transport, **more) for record in page]


@contextmanager
def served(faults: Iterable[Fault] = (), known: World | None = None, **more: object) -> Iterator[str]:
    """Serves the sandbox over HTTP; its world is `known`, or the small one."""
    with serving(create_app(known or world(), tuple(faults), **more)) as base:
        yield base


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serves an app over HTTP in a thread of this process, which stops within seconds even during a request."""
    # Without the machine's date: the world has its own.
    config = uvicorn.Config(
        app, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=1, date_header=False
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(SHUTDOWN_SECONDS)
            assert not thread.is_alive(), "the server did not end"


def link(url: str, *account_ids: str, **settings: object) -> None:
    """Writes workspaces and accounts into the warehouse, all or the given ones; `settings` apply to every workspace."""
    document = files.workspaces(world())
    for workspace in document["workspaces"]:
        workspace.update(settings)
        for key, id_key in (("ad_accounts", "account_id"), ("stores", "store_id")):
            workspace[key] = [one for one in workspace[key] if not account_ids or one[id_key] in account_ids]
    sources = {name: registry.load(name) for name in registry.names()}
    with connect_now(url) as connection:
        accounts.store(connection, workspaces.validated(document, "test", sources), Path("test"))


def new_key() -> str:
    return encryption.Fernet.generate_key().decode()
