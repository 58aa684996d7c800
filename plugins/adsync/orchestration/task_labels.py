"""Labels of mapped sync tasks in Airflow's grid: the accounts, their problem, and the next try in UTC."""

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
from adsync.orchestration.run_summary import join_limited

# Airflow's column holds 250 characters.
MAX_LENGTH = 240
MAX_LISTED = 3
REASONS: tuple[tuple[type[AdsyncError], str], ...] = (
    (RateLimited, "rate limited"),
    (TokenExpired, "access token expired"),
    (ReauthRequired, "reauthorization required"),
    (ConfigError, "invalid setting"),
    (ContractError, "unexpected API response"),
    (Unreadable, "unreadable records"),
    (TemporaryError, "temporary error"),
)


def task_label(results: Sequence[AccountResult], names: Mapping[str, str]) -> str:
    """Returns the accounts that failed or wait, with the reason, else the names of all; `names` by account id."""
    problems = [
        f"{names[each.account.account_id]}: {_problem(each)}" for each in results if each.error or each.pending_report
    ]
    listed = problems or [names[each.account.account_id] for each in results]
    return join_limited(listed, MAX_LISTED, "; " if problems else ", ")[:MAX_LENGTH]


def _problem(result: AccountResult) -> str:
    error = result.error
    if error is None:
        return "waiting for its report"
    reason = next((words for kind, words in REASONS if isinstance(error, kind)), "failed")
    if result.leased_elsewhere:
        reason = "leased by another run"
    if result.next_try is None:
        return f"{reason}: {error}"
    return (
        f"{reason} until {result.next_try}"
        if isinstance(error, RateLimited)
        else f"{reason}, next try {result.next_try}"
    )
