from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from adsync import warehouse
from adsync.errors import TemporaryError


def test_migrations_may_run_twice_and_at_once(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("drop schema adsync cascade")
        connection.execute("drop schema raw cascade")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: warehouse.migrate(warehouse_url, [("meta", "campaigns")]), range(8)))
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from raw.meta_campaigns").fetchone() == (0,)
        assert connection.execute("select count(*) from adsync.migrations").fetchone() >= (1,)


async def test_an_unreachable_warehouse_is_named_without_its_password():
    with pytest.raises(TemporaryError, match=r"127\.0\.0\.1:1/adsync does not answer") as caught:
        await warehouse.connect("postgresql://adsync:hidden@127.0.0.1:1/adsync")
    assert "hidden" not in str(caught.value)
