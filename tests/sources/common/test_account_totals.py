from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from adsync.errors import PermanentError, RateLimited, TemporaryError, TooMuchData
from adsync.models import Account, Page, Record, RejectedRecord
from adsync.ranges import DateRange
from adsync.sources.common.account_totals import AccountTotal, with_remainders

ACCOUNT = Account("acme", "meta", "7", "meta_acme")
FIRST, SECOND, RECENT = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 22)
DAYS = DateRange(FIRST, date(2026, 11, 23))


def row(campaign: str, on: date, spend: str) -> Record:
    return Record(f"{campaign}:{on}", on, json.dumps({"spend": spend}).encode())


def remainder(account: Account, on: date, spend: Decimal) -> Record:
    return row(f"unlisted-of-{account.account_id}", on, str(spend))


async def paged(*pages: Page) -> AsyncIterator[Page]:
    for page in pages:
        yield page


async def missing(
    pages: list[Page],
    told: Mapping[date, str] | Exception,
    *,
    beside: list[Page] | None = None,
    again: list[Page] | None = None,
    notes: list[str] | None = None,
) -> dict[date | None, Decimal]:
    """What the remainders are, if the account tells this total and a second read yields the pages `again`."""
    rereads = []

    async def total_by_day(*_: object) -> dict[date, Decimal]:
        if isinstance(told, Exception):
            raise told
        return {on: Decimal(spend) for on, spend in told.items()}

    def read_again(_client: object, _account: object, days: DateRange) -> AsyncIterator[Page]:
        rereads.append(days)
        return paged(*(pages if again is None else again))

    def spend(payload: bytes) -> Decimal:
        return Decimal(json.loads(bytes(payload))["spend"])

    total = AccountTotal("Meta", total_by_day, read_again, spend, remainder)
    client = SimpleNamespace(notes=[] if notes is None else notes)
    aside = paged(*beside) if beside is not None else None
    yielded = with_remainders(total, client, ACCOUNT, DAYS, paged(*pages), aside)
    found = [each async for page in yielded for each in page]
    assert len(rereads) <= 1
    assert bool(rereads) is (again is not None)
    return {
        each.day: spend(each.payload) for each in found if isinstance(each, Record) and each.key.startswith("unlisted")
    }


async def test_spend_beyond_the_campaigns_is_a_row_of_its_own():
    rows = [[row("a", FIRST, "30.00")], [row("b", FIRST, "10.00"), row("a", SECOND, "5.00")]]
    told = {FIRST: "100.00", SECOND: "5.00"}
    assert await missing(rows, told) == {FIRST: Decimal("60.00")}


async def test_an_account_without_any_row_has_a_remainder():
    assert await missing([], {FIRST: "7.50"}) == {FIRST: Decimal("7.50")}


async def test_sums_that_agree_have_none():
    assert await missing([[row("a", FIRST, "30.00"), row("b", FIRST, "10.00")]], {FIRST: "40.00"}) == {}


async def test_rows_that_grew_before_the_total_was_told_are_read_again():
    early, late = [[row("a", RECENT, "40.00")]], [[row("a", RECENT, "46.00")]]
    assert await missing(early, {RECENT: "45.00"}, again=late) == {}
    assert await missing(early, {RECENT: "50.00"}, again=late) == {RECENT: Decimal("4.00")}


async def test_campaigns_that_spent_more_than_the_total_said_miss_nothing():
    assert await missing([[row("a", FIRST, "45.00")]], {FIRST: "40.00"}) == {}


async def test_a_difference_by_rounding_is_none():
    rows = [[row(str(number), FIRST, "10.33") for number in range(3)]]
    assert await missing(rows, {FIRST: "31.01"}) == {}
    assert await missing(rows, {FIRST: "31.05"}) == {FIRST: Decimal("0.06")}


async def test_a_currency_without_decimals_is_rounded_to_its_own_unit():
    rows = [[row(str(number), FIRST, "100") for number in range(12)]]
    assert await missing(rows, {FIRST: "1205"}) == {}
    assert await missing(rows, {FIRST: "1300"}) == {FIRST: Decimal(100)}


async def test_a_row_that_comes_twice_counts_once():
    twice = [[row("a", FIRST, "30.00")], [row("a", FIRST, "30.00")]]
    assert await missing(twice, {FIRST: "60.00"}) == {FIRST: Decimal("30.00")}


async def test_with_a_rejected_row_the_remainder_is_unknown():
    assert await missing([[RejectedRecord("", "unreadable")]], {FIRST: "60.00"}) == {}


@pytest.mark.parametrize(
    "error", [PermanentError("no such level"), TooMuchData("too large"), TemporaryError("away"), RateLimited("wait")]
)
async def test_an_account_that_does_not_tell_its_total_is_noted_and_keeps_its_rows(error):
    notes: list[str] = []
    assert await missing([[row("a", FIRST, "30.00")]], error, notes=notes) == {}
    assert notes == [f"Meta does not tell the account's own spend; spend beyond its campaigns is unknown ({error})"]


async def test_a_total_that_contains_other_campaigns_is_compared_with_both():
    ordinary, shop = [[row("a", FIRST, "30.00")]], [[row("shop", FIRST, "50.00")]]
    assert await missing(ordinary, {FIRST: "80.00"}, beside=shop) == {}
    told = {FIRST: "90.00"}
    assert await missing(ordinary, told, beside=shop) == {FIRST: Decimal("10.00")}


async def test_a_total_without_other_campaigns_is_compared_with_the_ordinary_ones():
    ordinary, shop = [[row("a", FIRST, "30.00"), row("a", SECOND, "1.00")]], [[row("shop", SECOND, "50.00")]]
    told = {FIRST: "45.00", SECOND: "1.00"}
    assert await missing(ordinary, told, beside=shop) == {FIRST: Decimal("15.00")}
