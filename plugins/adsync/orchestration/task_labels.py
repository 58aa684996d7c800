"""What the grid says of a shard: which account, what is wrong with it, until when. Times are UTC, and say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from adsync.extract.results import AccountResult
from adsync.orchestration.run_summary import enumerate_few

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


def label(outcomes: Sequence[AccountResult], names: Mapping[str, str]) -> str:
    """Those accounts that need a look, else all of them by name; `names` by account id."""
    troubled = [f"{names[each.account.account_id]}: {_state(each)}" for each in outcomes if each.error or each.waiting]
    named = troubled or [names[each.account.account_id] for each in outcomes]
    return enumerate_few(named, NAMED, "; " if troubled else ", ")[:LONGEST]


def _state(outcome: AccountResult) -> str:
    error = outcome.error
    if error is None:
        return "waits for its report"
    reason = next((words for kind, words in WORDS if isinstance(error, kind)), "failed")
    if outcome.elsewhere:
        reason = "another run reads it"
    if outcome.next_try is None:
        return f"{reason}: {error}"
    limited = isinstance(error, RateLimited)
    return f"{reason} until {outcome.next_try}" if limited else f"{reason}, next try {outcome.next_try}"
