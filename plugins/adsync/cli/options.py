"""Arguments that several commands take, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from adsync import settings
from adsync.config import connections
from adsync.errors import ConfigError
from adsync.extract.context import SyncEnvironment
from adsync.orchestration import sharding
from adsync.ranges import DateRange
from adsync.state import accounts

if TYPE_CHECKING:
    # argparse keeps the class of what `add_subparsers` returns to itself.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def which(command: argparse.ArgumentParser) -> None:
    """`--account`, `--since`, `--until`."""
    command.add_argument("--account", help="only this account; without it all that are due")
    command.add_argument("--since", type=day, help="first day to read, in the account's zone")
    command.add_argument("--until", type=day, help="last day to read; without it the day of --since")


def chosen(
    url: str, source: str, account_id: str | None, days: DateRange | None = None, workspaces: Sequence[str] = ()
) -> list[str]:
    """The account asked for, else those that are due, with days all; ConfigError for one that is not linked."""
    if account_id is None:
        if days:
            return sharding.active_accounts(url, source, workspaces)
        return sharding.due_accounts(url, source, now=datetime.now(UTC), workspaces=workspaces)
    if not accounts.load(url, source, [account_id]):
        raise ConfigError(f"{settings.workspaces_file()}: {source} account {account_id} is not linked; add it there")
    return [account_id]


def window(options: argparse.Namespace) -> DateRange | None:
    """Both days of `--since` and `--until` included; None without them, ConfigError for half a span."""
    if options.since is None:
        if options.until:
            raise ConfigError("--until needs --since: say both ends of the days to read")
        return None
    last = options.until or options.since
    if last < options.since:
        raise ConfigError(f"--until {last} is before --since {options.since}: swap them")
    return DateRange(options.since, last + timedelta(days=1))


def day(text: str) -> date:
    """A day as 2026-01-31; argparse tells what is wrong with any other text."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-01-31") from error


def environment(url: str) -> SyncEnvironment:
    """What a sync needs of this machine: warehouse, connections, clock, Redis."""
    return SyncEnvironment(url, connections.credentials, lambda: datetime.now(UTC), settings.redis_url())
