"""One account read stream by stream, from a platform of three lines."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg
import pytest

import sandboxed
from adsync import warehouse
from adsync.errors import ContractError, TooMuchData
from adsync.reader import Reader
from adsync.sources.base import Facts, Record, Source, Stream
from adsync.state import Ledger
from adsync.window import Window

# Past midnight in Riyadh, still the day before in New York.
NIGHT = datetime(2026, 11, 22, 22, tzinfo=UTC)


async def account_of(_client, account):
    yield [Record(account.account_id, None, b"{}")]


def daily(read, longest=30):
    return Stream("campaign_metrics", "daily", read, longest=longest)


def source(*streams, zone="America/New_York"):
    return Source(
        name="meta",
        kind="ad_account",
        base_url=lambda *_: "",
        auth=lambda _: None,
        check=lambda _: None,
        facts=lambda _: Facts("Acme", "USD", zone),
        streams=(Stream("accounts", "entity", account_of), *streams),
    )


@pytest.fixture
def read(monkeypatch, warehouse_url):
    """Read the account once with this source; returns the reader that did it."""
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandboxed.new_key())
    sandboxed.link(warehouse_url, sandboxed.META)

    async def read(declared, asked=None):
        async with await warehouse.connect(warehouse_url) as connection:
            await connection.set_autocommit(True)
            ledger = Ledger(connection, sandboxed.account("meta"), "run")
            await ledger.take([stream.name for stream in declared.streams])
            reader = Reader(declared, ledger.account, None, ledger, lambda: NIGHT, asked)
            await reader.read()
            return reader

    return read


def noting(limit=1000):
    """A daily stream that notes what it was asked, and cannot answer more than `limit` days."""
    asked = []

    async def pages(_client, _account, window):
        asked.append((window.since, window.last_day))
        if window.days > limit:
            raise TooMuchData("less, please")
        yield [Record(f"c:{window.last_day}", window.last_day, b"{}")]

    return pages, asked


async def test_today_is_the_day_in_the_zone_that_the_platform_told(read):
    pages, asked = noting()
    await read(source(daily(pages)))
    assert asked[0][1] == date(2026, 11, 22)
    pages, asked = noting()
    await read(source(daily(pages), zone="Asia/Riyadh"))
    assert asked[0][1] == date(2026, 11, 23)


async def test_a_zone_that_nobody_knows_stops_the_account_before_any_day_is_read(read, warehouse_url):
    pages, asked = noting()
    with pytest.raises(ContractError, match="time zone nobody knows: 'Mars/Olympus'"):
        await read(source(daily(pages), zone="Mars/Olympus"))
    assert asked == []
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from raw.meta_accounts").fetchone() == (0,)


async def test_windows_are_read_newest_first_and_no_longer_than_the_platform_allows(read):
    pages, asked = noting()
    reader = await read(source(daily(pages, longest=30)))
    assert asked == [
        (date(2026, 10, 24), date(2026, 11, 22)),
        (date(2026, 10, 14), date(2026, 10, 23)),
    ]
    assert (reader.since, reader.through) == (date(2026, 10, 14), date(2026, 11, 22))


async def test_a_window_that_is_too_much_is_halved_down_to_what_works(read):
    pages, asked = noting(limit=2)
    week = Window(date(2026, 11, 1), date(2026, 11, 6))
    await read(source(daily(pages)), week)
    answered = [(since, last) for since, last in asked if (last - since).days < 2]
    assert answered == [
        (date(2026, 11, 4), date(2026, 11, 5)),
        (date(2026, 11, 3), date(2026, 11, 3)),
        (date(2026, 11, 1), date(2026, 11, 2)),
    ]


async def test_a_single_day_that_is_too_much_is_a_failure(read):
    pages, asked = noting(limit=0)
    with pytest.raises(TooMuchData):
        await read(source(daily(pages)), Window(date(2026, 11, 1), date(2026, 11, 3)))
    assert len(asked) == 2


async def test_asked_days_of_changes_are_instants_of_the_account_s_zone(read):
    asked = []

    async def changes(_client, _account, span):
        asked.append(span)
        yield []

    declared = source(Stream("campaigns", "changes", changes))
    await read(declared, Window(date(2026, 11, 1), date(2026, 11, 2)))
    # The clocks of New York go back in the night of that day: it has 25 hours.
    assert asked[0].since == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert asked[0].until == datetime(2026, 11, 2, 5, tzinfo=UTC)


async def test_a_day_that_the_platform_adds_unasked_is_refused(read):
    async def strays(_client, _account, window):
        yield [Record("c", window.until, b"{}")]

    with pytest.raises(ContractError, match="outside the asked"):
        await read(source(daily(strays)))
