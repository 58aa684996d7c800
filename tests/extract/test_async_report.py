"""Polling a pending report without the account's lease."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adsync import registry
from adsync.config import connections
from adsync.errors import ConfigError, PermanentError
from adsync.extract.async_report import poll_report
from adsync.extract.context import SyncEnvironment, open_client
from adsync.extract.results import PendingReport
from adsync.models import Account, Credentials
from adsync.ranges import DateRange
from adsync_demo.airflow_runtime.environment import platforms
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.files import write_files
from sandbox_fixtures import serving


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """The sandbox on a free port; yields the folder with its files."""
    world = World.create(1, datetime.now(UTC))
    state = tmp_path_factory.mktemp("sandbox")
    with serving(create_app(world, ())) as base:
        write_files(world, base, state)
        yield state


@pytest.fixture
def tiktok(sandbox, warehouse_url, monkeypatch):
    """An advertiser whose app may create reports, and its environment."""
    listed = json.loads((sandbox / "connections.json").read_text())
    for name, value in platforms(listed).items():
        monkeypatch.setenv(name, value)
    conn_id = next(name for name in listed if name.startswith("tiktok_acme"))
    environment = SyncEnvironment(warehouse_url, connections.credentials, lambda: datetime.now(UTC))
    return Account("acme", "tiktok", "7000000000000000001", conn_id), environment


def pending(account, report_id):
    return PendingReport(account.platform, account.account_id, account.conn_id, report_id)


async def test_a_report_is_polled_until_it_is_ready(tiktok):
    account, environment = tiktok
    source = registry.load("tiktok")
    today = datetime.now(UTC).date()
    async with open_client(source, account, environment) as client:
        report = source.stream("campaign_metrics").report
        report_id = await report.create(client, account, DateRange(today - timedelta(days=60), today))
    polls = [await poll_report(environment, pending(account, report_id)) for _ in range(10)]
    assert not polls[0]
    assert polls[-1]


async def test_an_unknown_report_is_a_permanent_error(tiktok):
    account, environment = tiktok
    with pytest.raises(PermanentError):
        await poll_report(environment, pending(account, "12345"))


async def test_a_source_without_reports_is_a_config_error(monkeypatch, tiktok):
    _, environment = tiktok
    shopify = registry.load("shopify")
    monkeypatch.setattr(registry, "load", lambda _: replace(shopify, streams=shopify.streams[:1]))
    unreachable = SyncEnvironment(
        environment.warehouse_url, lambda name: Credentials(name, "http://127.0.0.1:9"), environment.clock
    )
    with pytest.raises(ConfigError, match="shopify has no asynchronous report"):
        await poll_report(unreachable, PendingReport("shopify", "901", "shopify_acme", "r1"))
