"""What an account spent and none of its campaigns tells of: a row of its own, day by day, so that sums stay true.

It takes the place of campaigns that were deleted: no list names them, and their own stats are gone. A later read that
finds them replaces it, for a window's rows are replaced as a whole.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from adsync.errors import TemporaryError
from adsync.models import Account, Record
from adsync.sources.snapchat.rows import Day, record

LOG = logging.getLogger(__name__)
NAME = "(spend that Snapchat tells of no campaign)"


class Spent(NamedTuple):
    """An account's day, and how far its stats are final."""

    day: Day
    finality: tuple[str | None, str | None]


AccountDays = Mapping[date, Spent]
Rows = Sequence[tuple[Record, int]]


def campaign_id(account: Account) -> str:
    """Of no campaign that there is."""
    return f"unlisted-of-{account.account_id}"


def remainders(account: Account, rows: Rows, before: AccountDays, after: AccountDays) -> list[Record]:
    """One row per day that cost the account more than its campaigns; TemporaryError where it is less.

    Today goes on spending while it is read: `before` and `after` are what the account said around the rows.
    """
    told: Counter[date | None] = Counter()
    for row, spend in rows:
        told[row.day] += spend
    found = []
    for on in sorted({*before, *after, *(row.day for row, _ in rows if row.day)}):
        said = [days[on].day.spend if on in days else 0 for days in (before, after)]
        if told[on] > max(said):
            raise TemporaryError(
                f"snapchat: campaigns sum to {told[on]} micros on {on}, the account to {max(said)}; nothing is kept"
            )
        # Rows that were read amid that growth lie above the lesser: then nothing is lacking.
        if (lacking := min(said) - told[on]) > 0:
            found.append(_row(account, lacking, after[on]))
    if found:
        LOG.warning(
            "%s: %d days cost more than their campaigns tell; kept as %s", account, len(found), campaign_id(account)
        )
    return found


def _row(account: Account, micros: int, spent: Spent) -> Record:
    stats = msgspec.Raw(msgspec.json.encode({"spend": micros}))
    day = Day(spent.day.start_time, stats, spent.day.end_time)
    return record(campaign_id(account), day, *spent.finality, name=NAME)
