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


def said(days: dict[date, int]) -> dict[date, Spent]:
    return {on: Spent(day(on, micros), (None, None)) for on, micros in days.items()}


def lacking(told: dict[date, int], before: dict[date, int], after: dict[date, int]) -> dict[date | None, int]:
    rows = [(record("c", day(on, micros)), micros) for on, micros in told.items()]
    found = remainders(ACCOUNT, rows, said(before), said(after))
    assert all(row.key == f"unlisted-of-a:{row.day}" for row in found)
    return {row.day: json.loads(bytes(row.payload))["stats"]["spend"] for row in found}


def test_a_day_that_cost_more_than_its_campaigns_tell_has_the_rest_in_a_row_of_its_own():
    assert lacking({TODAY: 30}, {TODAY: 100}, {TODAY: 100}) == {TODAY: 70}
    assert lacking({}, {YESTERDAY: 40, TODAY: 0}, {YESTERDAY: 40, TODAY: 0}) == {YESTERDAY: 40}


def test_a_day_that_goes_on_spending_while_it_is_read_lacks_what_was_spent_at_the_beginning():
    assert lacking({TODAY: 30}, {TODAY: 100}, {TODAY: 110}) == {TODAY: 70}


def test_campaigns_that_were_read_amid_that_growth_lack_nothing_and_never_less():
    grown = {YESTERDAY: 50, TODAY: 110}
    assert lacking({YESTERDAY: 20, TODAY: 105}, {YESTERDAY: 50, TODAY: 100}, grown) == {YESTERDAY: 30}


@pytest.mark.parametrize(("before", "after"), [({}, {TODAY: 5}), ({TODAY: 5}, {})])
def test_a_day_that_the_account_knows_once_only_lacks_nothing(before, after):
    assert lacking({TODAY: 5, YESTERDAY: 20}, {YESTERDAY: 50} | before, {YESTERDAY: 50} | after) == {YESTERDAY: 30}


def test_more_than_the_account_ever_said_is_refused():
    with pytest.raises(TemporaryError, match="campaigns sum to 111 micros on 2026-11-22, the account to 110; nothing"):
        lacking({TODAY: 111}, {TODAY: 100}, {TODAY: 110})


def test_a_person_hears_of_the_days_that_lack_something_and_of_nothing_else(caplog):
    lacking({TODAY: 105}, {TODAY: 100}, {TODAY: 110})
    assert not caplog.messages
    lacking({TODAY: 30}, {TODAY: 100}, {TODAY: 100})
    assert [message.split(": ")[1] for message in caplog.messages] == [
        "on 1 days the account spent more than its campaigns; stored as campaign unlisted-of-a"
    ]
