"""Records that cannot be read or stored, and the ones beside them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from adsync.load import raw_tables, rejected_records
from adsync.load.raw_tables import LoadStats, RawTarget
from adsync.load.rejected_records import NOTHING, ReadAgain
from adsync.models import Record, RejectedRecord
from adsync.ranges import DateRange
from adsync.warehouse.connection import connect

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST, SECOND = date(2026, 11, 20), date(2026, 11, 21)
BOTH_DAYS = DateRange(FIRST, date(2026, 11, 22))
BAD = RejectedRecord("1", "woocommerce order: response differs: expected `str`, got `null`", "id: 1")
KEYLESS = RejectedRecord("", "woocommerce order: missing id", 'status: "new"')


async def pages(*listed):
    for page in listed:
        yield page


def order(key, payload=b'{"total": "1.00"}'):
    return Record(key, None, payload)


def row(campaign, day, spend="1.00"):
    return Record(f"{campaign}:{day}", day, b'{"spend": "%s"}' % spend.encode())


async def write(url, *listed, days=None, at=NOON, again=NOTHING, target=("woocommerce", "orders")):
    async with connect(url) as connection, connection.transaction():
        where = RawTarget(*target, "shop", "run", at)
        return await raw_tables.write_pages(connection, where, pages(*listed), days, again)


async def write_days(url, *listed, days=BOTH_DAYS):
    return await write(url, *listed, days=days, target=("meta", "campaign_metrics"))


def select(url, columns="record_key, reason, attempts", table="rejected_records"):
    with psycopg.connect(url) as connection:
        return connection.execute(f"select {columns} from raw.{table} order by 1").fetchall()


def keys(url, table="rejected_records"):
    return [key for (key,) in select(url, "record_key", table)]


async def test_a_rejected_record_is_saved_and_the_others_are_loaded(warehouse_url):
    assert await write(warehouse_url, [order("2"), BAD, order("3")]) == LoadStats(3, 2, 1)
    assert keys(warehouse_url, "woocommerce_orders") == ["2", "3"]
    assert select(warehouse_url, "record_key, reason, excerpt, first_seen_at, last_seen_at, attempts") == [
        (*BAD, NOON, NOON, 1)
    ]


async def test_every_attempt_is_counted_and_the_first_one_remembered(warehouse_url):
    later = NOON + timedelta(hours=1)
    await write(warehouse_url, [BAD, KEYLESS])
    await write(warehouse_url, [BAD._replace(reason="another"), KEYLESS], at=later)
    assert select(warehouse_url, "record_key, reason, first_seen_at, last_seen_at, attempts") == [
        ("1", "another", NOON, later, 2),
        (None, KEYLESS.reason, NOON, later, 2),
    ]


async def test_an_entry_leaves_when_its_record_is_loaded(warehouse_url):
    await write(warehouse_url, [BAD, KEYLESS])
    await write(warehouse_url, [order("1")])
    assert keys(warehouse_url) == [None]


async def test_an_entry_leaves_when_its_record_was_requested_and_is_gone(warehouse_url):
    await write(warehouse_url, [BAD, BAD._replace(key="2")])
    await write(warehouse_url, [BAD._replace(key="2")], again=ReadAgain(keys=["1", "2"]))
    assert keys(warehouse_url) == ["2"]


async def test_an_entry_without_a_key_leaves_when_it_is_not_met_for_days(warehouse_url):
    await write(warehouse_url, [KEYLESS])
    await write(warehouse_url, [], at=NOON + timedelta(days=2))
    assert keys(warehouse_url) == [None]
    await write(warehouse_url, [], at=NOON + timedelta(days=4))
    assert keys(warehouse_url) == []


async def test_a_whole_listing_removes_what_it_does_not_contain(warehouse_url):
    await write(warehouse_url, [BAD, KEYLESS])
    await write(warehouse_url, [BAD], again=ReadAgain(is_whole=True))
    assert keys(warehouse_url) == ["1"]


async def test_a_day_that_is_read_again_removes_what_it_no_longer_contains(warehouse_url):
    bad = [RejectedRecord(f"a:{day}", "no spend", "") for day in (FIRST, SECOND)]
    await write_days(warehouse_url, bad)
    await write_days(warehouse_url, [], days=DateRange(FIRST, SECOND))
    assert keys(warehouse_url) == [f"a:{SECOND}"]


async def test_the_row_of_a_rejected_record_stays_as_it_was(warehouse_url):
    await write_days(warehouse_url, [row("a", FIRST), row("b", FIRST), row("c", FIRST)])
    await write_days(warehouse_url, [RejectedRecord(f"a:{FIRST}", "no spend", ""), row("b", FIRST)])
    assert keys(warehouse_url, "meta_campaign_metrics") == [f"a:{FIRST}", f"b:{FIRST}"]


async def test_no_row_is_deleted_while_the_key_of_a_rejected_record_is_unknown(warehouse_url):
    await write_days(warehouse_url, [row("a", FIRST), row("b", FIRST)])
    await write_days(warehouse_url, [KEYLESS])
    assert keys(warehouse_url, "meta_campaign_metrics") == [f"a:{FIRST}", f"b:{FIRST}"]


async def test_a_record_outside_the_days_is_rejected_and_the_others_are_loaded(warehouse_url):
    await write_days(warehouse_url, [row("a", FIRST), row("b", date(2026, 12, 25))])
    assert keys(warehouse_url, "meta_campaign_metrics") == [f"a:{FIRST}"]
    [(reason, excerpt)] = select(warehouse_url, "reason, excerpt")
    assert "lies outside the requested days" in reason
    assert excerpt == "key: b:2026-12-25"


@pytest.mark.parametrize(
    "payload",
    [
        b'{"a": "\xff"}',
        b'{"a": 1e400000}',
        b"[" * 20_000 + b"]" * 20_000,
        b'{"a"',
        b"",
        b'{"a": "x\x01\x02"}',
        b'{"a": NaN}',
    ],
)
async def test_a_record_that_postgresql_cannot_store_is_rejected_alone(warehouse_url, payload):
    page = [order(str(number)) for number in range(7)]
    stats = await write(warehouse_url, [*page, order("bad", payload)])
    assert stats == LoadStats(8, 7, 1)
    [(key, reason)] = select(warehouse_url, "record_key, reason")
    assert key == "bad"
    assert "woocommerce orders: PostgreSQL rejected a record" in reason


@pytest.mark.parametrize("key", ["", "a\0b", "a\nb", "a\x01b", "k" * 3000])
async def test_a_record_with_a_key_that_cannot_be_one_is_rejected(warehouse_url, key):
    assert await write(warehouse_url, [order("1"), order(key)]) == LoadStats(2, 1, 1)
    assert keys(warehouse_url, "woocommerce_orders") == ["1"]
    assert keys(warehouse_url) == [None]


async def test_texts_of_an_entry_are_cut_and_stored_whatever_they_contain(warehouse_url):
    await write(warehouse_url, [RejectedRecord("\0", "re\0ason \ud83d", "x" * 900)])
    assert select(warehouse_url, "record_key, reason, length(excerpt)") == [(None, "reason ?", 500)]


async def test_a_record_that_follows_its_rejected_form_takes_its_place(warehouse_url):
    assert await write(warehouse_url, [BAD], [order("1")]) == LoadStats(2, 1, 0)
    assert keys(warehouse_url) == []


async def test_records_are_read_again_often_at_first(warehouse_url):
    async def due(at):
        target = {"source": "woocommerce", "stream": "orders", "account_id": "shop", "observed_at": at}
        async with connect(warehouse_url) as connection:
            return await rejected_records.due_keys(connection, target)

    for _ in range(9):
        await write(warehouse_url, [BAD, KEYLESS])
    assert await due(NOON) == ["1"]
    await write(warehouse_url, [BAD])
    assert await due(NOON) == []
    assert await due(NOON + timedelta(hours=12)) == ["1"]
