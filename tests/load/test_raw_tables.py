"""Pages written to raw tables."""

from datetime import UTC, date, datetime

import psycopg
import pytest

from adsync.errors import ContractError
from adsync.load import raw_tables
from adsync.load.raw_tables import LoadStats, RawTarget
from adsync.models import Record
from adsync.ranges import DateRange
from adsync.warehouse.connection import connect

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST, SECOND = date(2026, 11, 20), date(2026, 11, 21)
BOTH_DAYS = DateRange(FIRST, date(2026, 11, 22))


async def pages(*listed):
    for page in listed:
        yield page


def row(campaign, day, spend="1.00"):
    return Record(f"{campaign}:{day}", day, b'{"spend": "%s"}' % spend.encode())


async def write(url, *listed, days=BOTH_DAYS, at=NOON, stream="campaign_metrics"):
    target = RawTarget("meta", stream, "1", "run", at)
    async with connect(url) as connection, connection.transaction():
        return await raw_tables.write_pages(connection, target, pages(*listed), days)


def stored(url, columns="record_key, payload, loaded_at"):
    with psycopg.connect(url) as connection:
        return connection.execute(f"select {columns} from raw.meta_campaign_metrics order by 1").fetchall()


async def test_identical_pages_write_nothing(warehouse_url):
    page = [row("a", FIRST), row("a", SECOND)]
    assert await write(warehouse_url, page) == LoadStats(2, 2)
    before = stored(warehouse_url)
    assert await write(warehouse_url, page) == LoadStats(2, 0)
    assert stored(warehouse_url) == before


async def test_a_row_missing_from_the_pages_is_deleted_within_the_days_only(warehouse_url):
    outside = date(2026, 11, 1)
    await write(warehouse_url, [row("a", outside)], days=DateRange(outside, FIRST))
    await write(warehouse_url, [row("a", FIRST), row("b", FIRST)])
    assert await write(warehouse_url, [row("b", FIRST)]) == LoadStats(1, 1)
    assert [key for (key,) in stored(warehouse_url, "record_key")] == [f"a:{outside}", f"b:{FIRST}"]


async def test_every_change_is_an_observation_and_a_deleted_row_has_no_payload(warehouse_url):
    for page in ([row("a", FIRST, "1.00")], [row("a", FIRST, "1.00")], [row("a", FIRST, "2.00")], []):
        await write(warehouse_url, page)
    with psycopg.connect(warehouse_url) as connection:
        kept = connection.execute("select payload ->> 'spend' from raw.observations order by ctid").fetchall()
    assert kept == [("1.00",), ("2.00",), (None,)]


async def test_an_older_observation_never_overwrites_a_newer_one(warehouse_url):
    await write(warehouse_url, [row("a", FIRST, "2.00")])
    earlier = NOON.replace(hour=11)
    assert await write(warehouse_url, [row("a", FIRST, "1.00")], at=earlier) == LoadStats(1, 0)
    assert await write(warehouse_url, [], at=earlier) == LoadStats(0, 0)
    assert stored(warehouse_url, "payload") == [({"spend": "2.00"},)]


async def test_a_failure_on_the_last_page_writes_nothing(warehouse_url):
    async def broken():
        yield [row("a", FIRST)]
        raise ContractError("page two is truncated")

    with pytest.raises(ContractError, match="page two"):
        async with connect(warehouse_url) as connection, connection.transaction():
            await raw_tables.write_pages(
                connection, RawTarget("meta", "campaign_metrics", "1", "run", NOON), broken(), BOTH_DAYS
            )
    assert stored(warehouse_url) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (r'{"name": "a\u0000b"}', "ab"),
        (r'{"name": "a\\u0000b"}', r"a\u0000b"),
        (r'{"name": "a\\\u0000b"}', "a\\b"),
        ('{\n  "name": "line\\nbreak"\n}', "line\nbreak"),
        ('{"name": "حملة الرياض – \\"نوفمبر\\""}', 'حملة الرياض – "نوفمبر"'),
    ],
)
async def test_json_is_stored_unchanged_except_for_the_null_character(warehouse_url, text, kept):
    record = Record("campaign \\ 1", None, text.encode())
    await write(warehouse_url, [record], days=None, stream="campaigns")
    with psycopg.connect(warehouse_url) as connection:
        found = connection.execute("select record_key, payload ->> 'name' from raw.meta_campaigns").fetchall()
    assert found == [("campaign \\ 1", kept)]


async def test_of_two_records_with_one_key_the_later_is_stored(warehouse_url):
    assert await write(warehouse_url, [row("a", FIRST, "1.00")], [row("a", FIRST, "3.00")]) == LoadStats(2, 1)
    assert stored(warehouse_url, "payload") == [({"spend": "3.00"},)]


async def test_records_that_all_lie_outside_the_days_are_a_contract_error(warehouse_url):
    with pytest.raises(ContractError, match="outside the requested days"):
        await write(warehouse_url, [row("a", date(2026, 11, 25)), row("b", date(2026, 11, 25))])


async def test_a_lone_surrogate_is_stored_as_the_replacement_character(warehouse_url):
    await write(warehouse_url, [Record(f"a:{FIRST}", FIRST, b'{"a": "Sale \\ud83d"}')])
    assert stored(warehouse_url, "payload ->> 'a'") == [("Sale \ufffd",)]
