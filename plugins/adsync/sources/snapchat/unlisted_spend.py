"""Spend of an account that belongs to none of its campaigns: one row per day, so that sums reconcile.

It stands for deleted campaigns: they are not listed, and their own stats no longer exist. A later read that finds them
replaces it, because the rows of a range of days are replaced as a whole.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from adsync.errors import TemporaryError
from adsync.models import Account, Record, RejectedRecord
from adsync.sources.common.account_totals import unlisted_campaign
from adsync.sources.snapchat.rows import Day, record

LOG = logging.getLogger(__name__)
NUMBERS = msgspec.json.Encoder(decimal_format="number")
NAME = "(spend that Snapchat tells of no campaign)"


class Spent(NamedTuple):
    """An account's day, and until when its stats are final."""

    day: Day
    finality: tuple[str | None, str | None]


AccountDays = Mapping[date, Spent]
Rows = Sequence[tuple[Record | RejectedRecord, Decimal]]


def campaign_id(account: Account) -> str:
    """Returns an id that no campaign has."""
    return unlisted_campaign(account)


def remainders(account: Account, rows: Rows, before: AccountDays, after: AccountDays) -> list[Record]:
    """Returns one row per day on which the account spent more than its campaigns; TemporaryError if it spent less.

    Today's spend grows while it is read: `before` and `after` are the account's days read before and after the rows.
    If a row was rejected, its stored version stays and the remainder is unknown: nothing is returned.
    """
    if any(isinstance(row, RejectedRecord) for row, _ in rows):
        return []
    campaign_spend: defaultdict[date | None, Decimal] = defaultdict(Decimal)
    for row, spend in rows:
        campaign_spend[row.day] += spend
    found = []
    for on in sorted({*before, *after, *(row.day for row, _ in rows if row.day)}):
        account_spend = [days[on].day.spend if on in days else Decimal(0) for days in (before, after)]
        if campaign_spend[on] > max(account_spend):
            raise TemporaryError(
                f"snapchat: campaigns sum to {campaign_spend[on]} micros on {on}, "
                f"the account to {max(account_spend)}; nothing was stored"
            )
        # Rows read while the spend grew exceed the smaller value: then nothing is missing.
        if (missing := min(account_spend) - campaign_spend[on]) > 0:
            found.append(_row(account, missing, after[on]))
    if found:
        LOG.warning(
            "%s: on %d days the account spent more than its campaigns; stored as campaign %s",
            account,
            len(found),
            campaign_id(account),
        )
    return found


def _row(account: Account, micros: Decimal, spent: Spent) -> Record:
    stats = msgspec.Raw(NUMBERS.encode({"spend": micros}))
    day = Day(spent.day.start_time, stats, spent.day.end_time)
    return record(campaign_id(account), day, *spent.finality, name=NAME)
