"""Campaigns: eight standing ones in each account, and three slots in which one flight follows another.

A flight's dates are absolute, so campaigns start and end as the clock moves, and none changes its past.
A flight is paused on its first day and goes live in the last hour of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.anomalies import anomaly_of
from adsync_sandbox.generator.ads.campaign_names import ROTATING, STANDING, campaign_name
from adsync_sandbox.generator.chance import PER_MILLE, chance
from adsync_sandbox.generator.money import exchange
from adsync_sandbox.platforms.registry import ADS

FLIGHT_DAYS = 40
STRIDE = 45
OPENING = date(2024, 3, 1)
FIRST_FLIGHT = OPENING.toordinal() // STRIDE
# The status of a flight after its end, by slot: each account has all three at any time.
ENDINGS = ("deleted", "archived", "paused")
# Spend of a campaign of weight 1000 on a day, in US cents.
USUAL_SPEND = 3_300
# Active but without any delivery; purchases seen by the pixel alone in an account that reports omni_purchase.
NEVER_SHOWN, PIXEL_ONLY = "never_shown", "pixel_only"
PLANTED_GOALS = (NEVER_SHOWN, PIXEL_ONLY)


@dataclass(frozen=True)
class Campaign:
    """One campaign as of now; money in cents of its account, rates in thousandths or per 100,000."""

    account: AdAccount
    id: str
    name: str
    slot: int
    start: date
    end: date | None
    status: str
    goal: str
    weight: int
    daily_spend: int
    roas_per_mille: int
    clicks_per_100k: int
    cpm: int

    def runs_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


def campaigns_between(
    seed: int, account: AdAccount, first: date, today: date, *, more: int = 0
) -> tuple[Campaign, ...]:
    """Returns the account's campaigns that ran between `first` and `today`, and `more` standing ones."""
    extra = range(STANDING + ROTATING, STANDING + ROTATING + more)
    standing = [_campaign(seed, account, slot, 0, today) for slot in (*range(STANDING), *extra)]
    flights = [
        _campaign(seed, account, slot, generation, today)
        for slot in range(STANDING, STANDING + ROTATING)
        for generation in _generations(seed, account, slot, first, today)
    ]
    return (*standing, *flights)


def _offset(seed: int, account: AdAccount, slot: int) -> int:
    return chance(seed, account.id, slot, "offset").randrange(STRIDE)


def _generations(seed: int, account: AdAccount, slot: int, first: date, today: date) -> range:
    offset = _offset(seed, account, slot)
    earliest = -(-(first.toordinal() - FLIGHT_DAYS + 1 - offset) // STRIDE)
    return range(earliest, (today.toordinal() - offset) // STRIDE + 1)


def _span(seed: int, account: AdAccount, slot: int, generation: int) -> tuple[date, date | None]:
    if not STANDING <= slot < STANDING + ROTATING:
        return OPENING + timedelta(days=slot), None
    start = date.fromordinal(generation * STRIDE + _offset(seed, account, slot))
    return start, start + timedelta(days=FLIGHT_DAYS - 1)


def _campaign(seed: int, account: AdAccount, slot: int, generation: int, today: date) -> Campaign:
    rng = chance(seed, account.id, slot, generation)
    start, end = _span(seed, account, slot, generation)
    weight = _weight(rng, account, slot)
    spend = USUAL_SPEND * weight * ADS[account.platform].share // PER_MILLE**2
    return Campaign(
        account=account,
        id=_id(rng, account, slot, generation),
        name=campaign_name(account, slot, generation - FIRST_FLIGHT),
        slot=slot,
        start=start,
        end=end,
        status=_status(start, end, today, ENDINGS[slot % len(ENDINGS)]),
        goal=_goal(account, slot),
        weight=weight,
        daily_spend=exchange(spend, "USD", account.currency),
        roas_per_mille=rng.randint(2200, 4200),
        clicks_per_100k=rng.randint(1100, 2400),
        cpm=exchange(rng.randint(350, 800), "USD", account.currency),
    )


def _weight(rng: Random, account: AdAccount, slot: int) -> int:
    drawn = rng.randint(600, 1700)
    return 2600 if anomaly_of(account, slot) else drawn


def _goal(account: AdAccount, slot: int) -> str:
    planted = account.planted.get(slot)
    if planted in PLANTED_GOALS:
        return planted
    return "awareness" if slot == STANDING - 1 else "sales"


def _status(start: date, end: date | None, today: date, ending: str) -> str:
    if end is not None and today > end:
        return ending
    return "paused" if start == today else "active"


def _id(rng: Random, account: AdAccount, slot: int, generation: int) -> str:
    begins = ADS[account.platform].campaign_ids
    if not begins:
        return str(UUID(int=rng.getrandbits(128), version=4))
    number = int(account.id[-4:]) % 100
    return f"{begins}{number:02d}{slot:02d}{generation:05d}{rng.randrange(10**5):05d}"
