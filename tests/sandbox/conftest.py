"""Worlds, and clients that reach the sandbox in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.connections import connections

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

Client = Callable[..., httpx.AsyncClient]


@pytest.fixture(scope="session")
def world() -> World:
    """The whole business."""
    return World.create(1, NOW)


@pytest.fixture(scope="session")
def small_world() -> World:
    """Sixty days and a handful of orders: enough for what an endpoint does."""
    return World.create(1, NOW, days=60, orders=12)


@pytest.fixture(scope="session")
def links(small_world) -> dict[str, dict]:
    """The connections of the small world."""
    return connections(small_world, "http://sandbox")


@pytest.fixture
def sandbox(small_world) -> Client:
    """Returns a function that makes a client of a fresh sandbox with faults and settings of Behavior."""

    def client(*faults: Fault, clock=time.time, **settings: object) -> httpx.AsyncClient:
        app = create_app(small_world, faults, Behavior(**{"short_first_pages": False, **settings}), clock=clock)
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox")

    return client
