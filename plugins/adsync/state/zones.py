"""An account's days are those of its own zone, which the platform names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adsync.errors import ContractError
from adsync.models import Account


def zone_of(account: Account) -> ZoneInfo:
    try:
        return ZoneInfo(account.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ContractError(f"{account}: the platform names a time zone nobody knows: {account.timezone!r}") from error
