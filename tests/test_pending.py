import json
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from adsync import registry, transport
from adsync.errors import ConfigError, PermanentError
from adsync.pending import report_ready
from adsync.sandbox.app import create_app
from adsync.sandbox.files import write_files
from adsync.sandbox.world import World
from adsync.sources.base import Account, Credentials
from adsync.window import Window


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """The sandbox on a free port; yields the folder with its files."""
    world = World.create(1, datetime.now(UTC))
    state = tmp_path_factory.mktemp("sandbox")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        write_files(world, f"http://127.0.0.1:{listener.getsockname()[1]}", state)
        server = uvicorn.Server(uvicorn.Config(create_app(world, ()), log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield state
        server.should_exit = True
        thread.join()


@pytest.fixture
def tiktok(sandbox):
    """An advertiser that may order reports, and its way in."""
    connections = json.loads((sandbox / "connections.json").read_text())
    conn_id, fields = next((name, fields) for name, fields in connections.items() if name.startswith("tiktok_acme"))
    account = Account("acme", "tiktok", "7000000000000000001", conn_id)
    return account, Credentials(conn_id, fields["host"], "", fields["password"], fields.get("extra", {}))


async def test_a_report_is_asked_after_until_it_is_ready(tiktok):
    account, credentials = tiktok
    source = registry.load("tiktok")
    today = datetime.now(UTC).date()
    async with transport.connect(source, credentials, account.account_id) as client:
        [report] = [stream.report for stream in source.streams if stream.report]
        report_id = await report.create(client, account, Window(today - timedelta(days=60), today))
    polls = [await report_ready("tiktok", credentials, account.account_id, report_id) for _ in range(10)]
    assert not polls[0]
    assert polls[-1]


async def test_a_report_that_nobody_ordered_is_a_permanent_error(tiktok):
    account, credentials = tiktok
    with pytest.raises(PermanentError):
        await report_ready("tiktok", credentials, account.account_id, "12345")


async def test_a_source_without_reports_has_none_to_wait_for():
    with pytest.raises(ConfigError, match="meta has no asynchronous report"):
        await report_ready("meta", Credentials("meta_acme", "http://127.0.0.1:9"), "901", "r1")
