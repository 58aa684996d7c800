import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from adsync.errors import TemporaryError
from adsync.warehouse import migrations
from adsync.warehouse.connection import connect


def test_migrations_may_run_twice_and_at_once(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("drop schema adsync cascade")
        connection.execute("drop schema raw cascade")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrations.migrate(warehouse_url, [("meta", "campaigns")]), range(8)))
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from raw.meta_campaigns").fetchone() == (0,)
        assert connection.execute("select count(*) from adsync.migrations").fetchone() >= (1,)


async def test_an_unreachable_warehouse_is_named_without_its_password():
    with pytest.raises(TemporaryError, match=r"127\.0\.0\.1:1/adsync is unreachable") as caught:
        async with connect("postgresql://adsync:hidden@127.0.0.1:1/adsync"):
            pass
    assert "hidden" not in str(caught.value)


async def test_a_task_cancelled_while_closing_its_connection_holds_no_lock(warehouse_url):
    locked = asyncio.Event()

    async def holding():
        async with connect(warehouse_url) as connection:
            await connection.execute("lock table raw.meta_campaigns")
            locked.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(holding())
    await locked.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("lock table raw.meta_campaigns nowait")
