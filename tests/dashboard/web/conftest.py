from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import HTTPException, Request

from adsync.dashboard.cache import refresh
from adsync.dashboard.snapshot import snapshots
from adsync.dashboard.web.app import create_app
from adsync.dashboard.web.service import Stores

HOME = "http://page.test"
NOWHERE = "postgresql://adsync:secret@127.0.0.1:1/adsync"


def require_access(request: Request) -> None:
    """Accepts every request that names a user."""
    name = request.headers.get("x-user")
    if name is None:
        raise HTTPException(401, "login required")
    request.state.user_name = name


def client(warehouse: str, redis: str, **headers: str) -> httpx.AsyncClient:
    app = create_app(require_access, Stores(lambda: warehouse, lambda: redis))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOME, headers=headers)


@pytest.fixture
async def page(page_world, redis_url) -> AsyncIterator[httpx.AsyncClient]:
    """Yields the page over a full warehouse, read only."""
    refresh(redis_url, snapshots(page_world))
    async with client(page_world, redis_url, **{"x-user": "noura"}) as found:
        yield found


@pytest.fixture
async def own_page(page_warehouse, redis_url) -> AsyncIterator[httpx.AsyncClient]:
    """Yields the page over a copy of the warehouse; requests come from user noura and the same origin."""
    async with client(page_warehouse, redis_url, **{"x-user": "noura", "origin": HOME}) as found:
        yield found


@pytest.fixture
async def empty_page(warehouse_url, redis_url) -> AsyncIterator[httpx.AsyncClient]:
    """Yields the page over a migrated warehouse without data."""
    async with client(warehouse_url, redis_url, **{"x-user": "noura", "origin": HOME}) as found:
        yield found


@pytest.fixture
async def anonymous() -> AsyncIterator[httpx.AsyncClient]:
    async with client(NOWHERE, "redis://127.0.0.1:1/0") as found:
        yield found


@pytest.fixture
async def without_origin(page_warehouse, redis_url) -> AsyncIterator[httpx.AsyncClient]:
    """Yields the page over a copy of the warehouse; requests of user noura have no origin."""
    async with client(page_warehouse, redis_url, **{"x-user": "noura"}) as found:
        yield found


@pytest.fixture
async def without_warehouse(redis_url) -> AsyncIterator[httpx.AsyncClient]:
    """Yields the page over an unreachable warehouse."""
    async with client(NOWHERE, redis_url, **{"x-user": "noura"}) as found:
        yield found


@pytest.fixture
async def without_redis(page_world) -> AsyncIterator[httpx.AsyncClient]:
    async with client(page_world, "redis://127.0.0.1:1/0", **{"x-user": "noura"}) as found:
        yield found
