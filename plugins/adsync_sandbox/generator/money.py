"""Money in whole cents, written with two decimals and converted at fixed rates.

A reporting amount is rounded once per row, half up, to four decimals: sums are sums of rounded rows.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

PER_USD = {"USD": Decimal(1), "SAR": Decimal("3.75"), "AED": Decimal("3.6725")}
RATE_STEP = Decimal("0.0000000001")
REPORTING_STEP = Decimal("0.0001")


def amount(cents: int) -> str:
    """Returns cents as the platforms write money: 1234 is "12.34"."""
    return f"{cents // 100}.{cents % 100:02d}"


def rate(source: str, target: str) -> Decimal:
    return (PER_USD[target] / PER_USD[source]).quantize(RATE_STEP, ROUND_HALF_UP)


def reporting(cents: int, source: str, target: str) -> Decimal:
    """Returns one row's amount in the workspace's currency."""
    return (Decimal(cents) / 100 * rate(source, target)).quantize(REPORTING_STEP, ROUND_HALF_UP)


def exchange(cents: int, source: str, target: str) -> int:
    """Returns whole cents of another currency, for prices that the business sets itself."""
    return int((cents * PER_USD[target] / PER_USD[source]).quantize(Decimal(1), ROUND_HALF_UP))
