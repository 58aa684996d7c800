"""The seed of exchange rates: its currencies, its range, and the errors of its generator."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date
from itertools import pairwise

import pytest
from dbt_process import PROJECT

SPEC = importlib.util.spec_from_file_location("fx_rates", PROJECT / "seeds" / "fx_rates.py")
fx_rates = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fx_rates)
Rate = fx_rates.Rate


@pytest.fixture(scope="module")
def seed() -> list:
    with fx_rates.SEED.open(encoding="utf-8", newline="") as file:
        return [Rate(**row) for row in csv.DictReader(file)]


def test_every_rate_names_its_source_and_dbt_can_load_them_at_each_build(seed):
    assert len(seed) < 1000
    assert {rate.source for rate in seed if rate.currency in fx_rates.OF_BANK} == {"ecb"}
    assert {rate.source for rate in seed if rate.currency in fx_rates.OF_COLLECTION} == {"currency-api"}
    assert [rate for rate in seed if rate.source in ("identity", "peg")] == fx_rates.fixed()


def test_no_month_of_a_floating_currency_is_missing_for_longer_than_a_rate_serves(seed):
    days: dict[str, list[date]] = {}
    for rate in seed:
        days.setdefault(rate.currency, []).append(date.fromisoformat(rate.valid_from))
    assert {days[currency][0] for currency in fx_rates.OF_BANK} == {date(2023, 1, 1)}
    longest = {name: max((b - a).days for a, b in pairwise(found)) for name, found in days.items() if len(found) > 1}
    assert {name: gap for name, gap in longest.items() if gap > 92} == {}


def test_a_month_begins_with_the_last_rate_the_bank_has_published_crossed_through_the_euro():
    per_euro = dict.fromkeys(fx_rates.OF_BANK, "2") | {"EUR": "1", "USD": "1.25"}
    days = {date(2022, 12, 30): per_euro, date(2023, 1, 2): per_euro | {"GBP": "9"}, date(2023, 3, 1): per_euro}
    rates = list(fx_rates.bank_rates(days, date(2023, 3, 15)))
    # Nothing was published near the beginning of February, so there is no rate.
    assert {rate.valid_from for rate in rates} == {"2023-01-01", "2023-03-01"}
    assert Rate("EUR", "2023-01-01", "0.8000000000", "ecb") in rates
    assert Rate("GBP", "2023-01-01", "1.6000000000", "ecb") in rates


@pytest.mark.parametrize(
    ("collected", "told"),
    [
        (Rate("EUR", "2025-01-01", "0.9760000000", "currency-api"), []),
        (Rate("EUR", "2025-01-01", "1.0400000000", "currency-api"), ["EUR of 2025-01-01 is 1.0400000000"]),
        (Rate("SAR", "2025-01-01", "3.7510000000", "currency-api"), []),
        (Rate("SAR", "2025-01-01", "0.2666666667", "currency-api"), ["SAR of 2025-01-01 is 0.2666666667"]),
        (Rate("EGP", "2025-01-01", "50.8000000000", "currency-api"), []),
    ],
)
def test_sources_that_disagree_with_each_other_or_with_a_peg_are_named(collected, told):
    bank = [Rate("EUR", "2025-01-01", "0.9700000000", "ecb")]
    found = fx_rates.disagreements(bank, [collected])
    assert [sentence.partition(",")[0] for sentence in found] == told
