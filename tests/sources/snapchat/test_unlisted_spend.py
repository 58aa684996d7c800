from __future__ import annotations

import json
from datetime import date, timedelta

import msgspec
import pytest

from adsync.errors import TemporaryError
from adsync.models import Account
from adsync.sources.snapchat.rows import Day, record
from adsync.sources.snapchat.unlisted_spend import Spent, remainders

ACCOUNT = Account("acme", "snapchat", "a", "snapchat_acme")
YESTERDAY, TODAY = date(2026, 11, 21), date(2026, 11, 22)


def day(on: date, micros: int) -> Day:
    stats = msgspec.Raw(json.dumps({"spend": micros}).encode())
    return Day(f"{on}T00:00:00.000+03:00", stats, f"{on + timedelta(days=1)}T00:00:00.000+03:00")


def spent(days: dict[date, int]) -> dict[date, Spent]:
    return {on: Spent(day(on, micros), (None, None)) for on, micros in days.items()}


def missing(campaign_spend: dict[date, int], before: dict[date, int], after: dict[date, int]) -> dict[date | None, int]:
    rows = [(record("c", day(on, micros)), micros) for on, micros in campaign_spend.items()]
    found = remainders(ACCOUNT, rows, spent(before), spent(after))
    assert all(row.key == f"unlisted-of-a:{row.day}" for row in found)
    return {row.day: json.loads(bytes(row.payload))["stats"]["spend"] for row in found}


def test_spend_beyond_the_campaigns_is_a_row_of_its_own():
    assert missing({TODAY: 30}, {TODAY: 100}, {TODAY: 100}) == {TODAY: 70}
    assert missing({}, {YESTERDAY: 40, TODAY: 0}, {YESTERDAY: 40, TODAY: 0}) == {YESTERDAY: 40}


def test_for_a_day_whose_spend_grows_the_smaller_value_counts():
    assert missing({TODAY: 30}, {TODAY: 100}, {TODAY: 110}) == {TODAY: 70}


def test_campaigns_read_while_the_spend_grows_miss_nothing():
    grown = {YESTERDAY: 50, TODAY: 110}
    assert missing({YESTERDAY: 20, TODAY: 105}, {YESTERDAY: 50, TODAY: 100}, grown) == {YESTERDAY: 30}


@pytest.mark.parametrize(("before", "after"), [({}, {TODAY: 5}), ({TODAY: 5}, {})])
def test_a_day_in_only_one_of_the_account_s_reads_misses_nothing(before, after):
    assert missing({TODAY: 5, YESTERDAY: 20}, {YESTERDAY: 50} | before, {YESTERDAY: 50} | after) == {YESTERDAY: 30}


def test_more_spend_than_the_account_s_is_an_error():
    with pytest.raises(TemporaryError, match="campaigns sum to 111 micros on 2026-11-22, the account to 110; nothing"):
        missing({TODAY: 111}, {TODAY: 100}, {TODAY: 110})


def test_only_days_with_missing_spend_are_logged(caplog):
    missing({TODAY: 105}, {TODAY: 100}, {TODAY: 110})
    assert not caplog.messages
    missing({TODAY: 30}, {TODAY: 100}, {TODAY: 100})
    assert [message.split(": ")[1] for message in caplog.messages] == [
        "on 1 days the account spent more than its campaigns; stored as campaign unlisted-of-a"
    ]
