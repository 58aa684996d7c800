"""Exchange rates that a workspace brings itself; they come before the seed's, and hold until the next one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated

import msgspec

from adsync.errors import ConfigError


class Rate(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"sold": "from", "bought": "to"}):
    """From the day `since` on, one unit of `sold` is worth `rate` units of `bought`."""

    sold: str
    bought: str
    since: date
    rate: Annotated[float, msgspec.Meta(gt=0)]


def check(place: str, rates: Sequence[Rate], currency: str, known: Collection[str]) -> None:
    """ConfigError for a rate that could never be used, or that two entries state differently."""
    for number, rate in enumerate(rates):
        here = f"{place}.fx_rates[{number}]"
        if rate.sold not in known:
            raise ConfigError(f"{here}.from: {rate.sold!r} is no ISO 4217 currency; write one such as EGP")
        if rate.bought != currency:
            raise ConfigError(f"{here}.to: {rate.bought!r} is not the workspace's currency; write {currency}")
        if rate.sold == currency:
            raise ConfigError(f"{here}.from: {currency} needs no rate, it is the workspace's currency; remove it")
        if any((rate.sold, rate.since) == (other.sold, other.since) for other in rates[:number]):
            raise ConfigError(f"{here}.since: {rate.sold} has two rates since {rate.since}; keep one of them")
