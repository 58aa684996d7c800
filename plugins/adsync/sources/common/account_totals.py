"""Holds the rows of campaigns against what their account spent: a remainder becomes a row of its own, one per day.

It stands for campaigns that the platform lists nowhere and reports in no split. A later read that finds them replaces
it, because the rows of a range of days are replaced as a whole.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from adsync.api.client import ApiClient
from adsync.errors import AdsyncError, TokenExpired
from adsync.models import Account, Page, RawJson, Record, RejectedRecord
from adsync.ranges import DateRange

LOG = logging.getLogger(__name__)
# Platforms round every campaign's spend for itself.
CENT, WHOLE = Decimal("0.01"), Decimal(1)
# So many amounts without decimals are of a currency without decimals.
MIN_WHOLE_AMOUNTS = 10
# The last days of a range may be today and yesterday, whose spend grows.
GROWING = timedelta(days=2)

SpendByDay = Mapping[date, Decimal]


@dataclass(frozen=True)
class AccountTotal:
    """How a platform tells an account's own spend by day (`told`), and how its campaigns' rows are read.

    `spend` reads the spend of a row, `row` makes the row of a remainder.
    """

    label: str
    told: Callable[[ApiClient, Account, DateRange], Awaitable[SpendByDay]]
    read: Callable[[ApiClient, Account, DateRange], AsyncIterator[Page]]
    spend: Callable[[RawJson], Decimal]
    row: Callable[[Account, date, Decimal], Record]


@dataclass
class Spent:
    """The spend of the rows of a read; not frozen: it grows page by page. A row that comes twice counts once."""

    spend: Callable[[RawJson], Decimal]
    amounts: dict[str, tuple[date, Decimal]] = field(default_factory=dict)
    is_partial: bool = False

    def add(self, page: Page) -> None:
        for each in page:
            if isinstance(each, RejectedRecord) or each.day is None:
                self.is_partial = True
            else:
                self.amounts[each.key] = (each.day, self.spend(each.payload))

    def by_day(self) -> defaultdict[date, Decimal]:
        days: defaultdict[date, Decimal] = defaultdict(Decimal)
        for on, amount in self.amounts.values():
            days[on] += amount
        return days

    def missing(self, account: SpendByDay, beside: SpendByDay) -> dict[date, Decimal]:
        """Returns what the account spent beyond the rows and `beside`, by day, if it is more than rounding."""
        days, rounding = self.by_day(), self._rounding()
        found = {on: spent - days[on] - beside.get(on, Decimal(0)) for on, spent in account.items()}
        return {on: rest for on, rest in found.items() if rest > rounding(on)}

    def are_within(self, account: SpendByDay, beside: SpendByDay) -> bool:
        """Whether the account's total contains what is `beside` these rows."""
        days, rounding = self.by_day(), self._rounding()
        return all(
            account.get(on, Decimal(0)) - days[on] >= spent - rounding(on) for on, spent in beside.items() if spent
        )

    def _rounding(self) -> Callable[[date], Decimal]:
        """Returns by how much a day's sum may differ because each of its amounts is rounded."""
        rows = Counter(on for on, _ in self.amounts.values())
        amounts = [amount for _, amount in self.amounts.values()]
        is_whole = len(amounts) >= MIN_WHOLE_AMOUNTS and all(each == each.to_integral_value() for each in amounts)
        return lambda on: (WHOLE if is_whole else CENT) * (rows[on] + 1) / 2


def unlisted_campaign(account: Account) -> str:
    """Returns an id that no campaign has."""
    return f"unlisted-of-{account.account_id}"


async def with_remainders(
    total: AccountTotal,
    client: ApiClient,
    account: Account,
    days: DateRange,
    pages: AsyncIterator[Page],
    beside: AsyncIterator[Page] | None = None,
) -> AsyncIterator[Page]:
    """Yields the pages, those `beside` them, and a row for each day on which the account spent more.

    Spend grows while it is read: a recent day on which something seems missing is read again after the total. Whether
    the total contains what is `beside` is found out from the numbers. If a row was rejected, its stored version stays
    and the remainder is unknown; the same holds, with a note, if the platform does not tell the total.
    """
    spent, other = Spent(total.spend), Spent(total.spend)
    async for page in pages:
        spent.add(page)
        yield page
    if beside:
        async for page in beside:
            other.add(page)
            yield page
    if spent.is_partial or other.is_partial or (told := await _told(total, client, account, days)) is None:
        return
    aside = other.by_day()
    known = aside if spent.are_within(told, aside) else {}
    if growing := [on for on in spent.missing(told, known) if on >= days.until - GROWING]:
        async for page in total.read(client, account, DateRange(min(growing), days.until)):
            spent.add(page)
            yield page
    yield _remainders(total, account, spent.missing(told, known))


async def _told(total: AccountTotal, client: ApiClient, account: Account, days: DateRange) -> SpendByDay | None:
    """Returns the account's spend by day; None if the platform does not tell it: its rows can be stored without."""
    try:
        return await total.told(client, account, days)
    except TokenExpired:
        raise
    except AdsyncError as error:
        client.notes.append(
            f"{total.label} does not tell the account's own spend; spend beyond its campaigns is unknown ({error})"
        )
        return None


def _remainders(total: AccountTotal, account: Account, missing: SpendByDay) -> Page:
    if missing:
        LOG.warning(
            "%s: on %d days the account spent more than its campaigns; stored as campaign %s",
            account,
            len(missing),
            unlisted_campaign(account),
        )
    return [total.row(account, on, rest) for on, rest in sorted(missing.items())]
