"""What the grid says of a shard: which account, what is wrong with it, until when. Times are UTC, and say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from adsync.errors import (
    AdsyncError,
    ConfigError,
    ContractError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    Unreadable,
)
from adsync.outcomes import Outcome
from adsync.report import enumerate_few

# Airflow keeps 250 characters.
LONGEST = 240
NAMED = 3
WORDS: tuple[tuple[type[AdsyncError], str], ...] = (
    (RateLimited, "rate limited"),
    (TokenExpired, "its token ended"),
    (ReauthRequired, "a person has to grant access again"),
    (ConfigError, "a setting is wrong"),
    (ContractError, "the platform answers in an unknown way"),
    (Unreadable, "some records cannot be read"),
    (TemporaryError, "trouble"),
)


def label(outcomes: Sequence[Outcome], names: Mapping[str, str]) -> str:
    """Those accounts that need a look, else all of them by name; `names` by account id."""
    troubled = [f"{names[each.account.account_id]}: {_state(each)}" for each in outcomes if each.error or each.waiting]
    named = troubled or [names[each.account.account_id] for each in outcomes]
    return enumerate_few(named, NAMED, "; " if troubled else ", ")[:LONGEST]


def _state(outcome: Outcome) -> str:
    error = outcome.error
    if error is None:
        return "waits for its report"
    reason = next((words for kind, words in WORDS if isinstance(error, kind)), "failed")
    if outcome.elsewhere:
        reason = "another run reads it"
    if outcome.retry_in is None:
        return f"{reason}: {error}"
    until = _clock(outcome.started_at, outcome.started_at + outcome.retry_in)
    return f"{reason} until {until}" if isinstance(error, RateLimited) else f"{reason}, next try {until}"


def _clock(now: datetime, moment: datetime) -> str:
    """The time of day; with the day when that is another one."""
    moment = moment.astimezone(UTC)
    return f"{moment:%H:%M} UTC" if moment.date() == now.astimezone(UTC).date() else f"{moment:%Y-%m-%d %H:%M} UTC"
