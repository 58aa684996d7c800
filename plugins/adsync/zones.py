"""An account's days are those of its own zone, which the platform names."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adsync.errors import ContractError
from adsync.sources.base import Account
from adsync.window import Span, Window


def zone_of(account: Account) -> ZoneInfo:
    try:
        return ZoneInfo(account.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ContractError(f"{account}: the platform names a time zone nobody knows: {account.timezone!r}") from error


def instants(window: Window, account: Account) -> Span:
    """The instants of the window's days in the account's zone."""
    zone = zone_of(account)
    return Span(*(datetime.combine(day, time(), zone).astimezone(UTC) for day in (window.since, window.until)))
