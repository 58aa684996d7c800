"""Options that several commands share, and the functions that interpret them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from adsync import settings
from adsync.config import connections
from adsync.errors import ConfigError
from adsync.extract.context import SyncEnvironment
from adsync.orchestration import sharding
from adsync.ranges import DateRange
from adsync.state import accounts


def parse_day(text: str) -> date:
    """Parses a day such as 2026-01-31; raises the usage error of the option for any other text."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"invalid date {text!r} (expected YYYY-MM-DD)") from error


Account = Annotated[
    str | None, typer.Option(metavar="ID", help="Only this account. Default: every account that is due.")
]
Since = Annotated[
    date | None, typer.Option(parser=parse_day, metavar="DAY", help="First day to read, in the account's time zone.")
]
Until = Annotated[
    date | None, typer.Option(parser=parse_day, metavar="DAY", help="Last day to read. Default: the day of --since.")
]
Workspace = Annotated[str | None, typer.Option(metavar="ID", help="Only this workspace. Default: all.")]


def date_range(since: date | None, until: date | None) -> DateRange | None:
    """Returns the days from `since` to `until`, both included; None without them."""
    if since is None:
        if until:
            raise ConfigError("--until requires --since: give the first day as well")
        return None
    last = until or since
    if last < since:
        raise ConfigError(f"--until {last} is before --since {since}: swap them")
    return DateRange(since, last + timedelta(days=1))


def select_accounts(
    url: str, source: str, account_id: str | None, days: DateRange | None = None, workspaces: Sequence[str] = ()
) -> list[str]:
    """Returns the given account; without one the accounts that are due, or all of them where days are given."""
    if account_id is None:
        if days:
            return sharding.active_accounts(url, source, workspaces)
        return sharding.due_accounts(url, source, now=datetime.now(UTC), workspaces=workspaces)
    if not accounts.load(url, source, [account_id]):
        raise ConfigError(f"unknown {source} account {account_id} in {settings.workspaces_file()}: add it there")
    return [account_id]


def environment(url: str) -> SyncEnvironment:
    """Returns what a sync needs from this machine: warehouse, connections, clock, Redis."""
    return SyncEnvironment(url, connections.credentials, lambda: datetime.now(UTC), settings.redis_url())
