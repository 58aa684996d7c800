"""Validates a stats request: granularity, span, fields, breakdown (sheet on Snapchat, section 3a).

Every boundary of a DAY request must be local midnight of the account, with that day's offset; any other is rejected
with E1008.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.platforms.snapchat.api import (
    BAD_REQUEST,
    UNSUPPORTED_BREAKDOWN,
    Call,
    SnapError,
    bad_parameter,
    unsupported,
)
from adsync_sandbox.platforms.snapchat.rows import STATS

LONGEST_SPAN = 31
DEFAULT_FIELDS = ("spend",)
GRANULARITIES = ("TOTAL", "DAY", "LIFETIME")
SWIPE_WINDOWS = {"1_DAY", "7_DAY", "28_DAY"}
VIEW_WINDOWS = {"none", "1_HOUR", "3_HOUR", "6_HOUR", "1_DAY", "7_DAY", "28_DAY"}


@dataclass(frozen=True)
class Query:
    """A valid request; the days are the account's, `until` is exclusive."""

    granularity: str
    since: date
    until: date
    fields: tuple[str, ...]
    by_campaign: bool
    omit_empty: bool
    swipe_window: str
    view_window: str


def read(call: Call, account: AdAccount, *, of_account: bool = True) -> Query:
    params = call.params
    granularity = params.get("granularity", "TOTAL")
    if granularity not in GRANULARITIES:
        raise unsupported(f"the sandbox has the granularities {', '.join(GRANULARITIES)}.")
    since, until = _span(call, account, granularity)
    breakdown = _breakdown(call)
    fields = _fields(call)
    if of_account and not breakdown and set(fields) != {"spend"}:
        raise unsupported("only spend is available for an ad account without a breakdown.")
    return Query(
        granularity=granularity,
        since=since,
        until=until,
        fields=fields,
        by_campaign=breakdown,
        omit_empty=params.get("omit_empty") == "true",
        swipe_window=_window(call, "swipe_up_attribution_window", SWIPE_WINDOWS, "28_DAY"),
        view_window=_window(call, "view_attribution_window", VIEW_WINDOWS, "1_DAY"),
    )


def _fields(call: Call) -> tuple[str, ...]:
    asked = tuple(name.strip() for name in call.params.get("fields", "").split(",") if name.strip())
    for name in asked:
        if name not in STATS:
            raise bad_parameter(f"fields contains an unknown field {name}")
    return asked or DEFAULT_FIELDS


def _breakdown(call: Call) -> bool:
    asked = call.params.get("breakdown")
    if asked not in {None, "campaign"}:
        raise SnapError(BAD_REQUEST, UNSUPPORTED_BREAKDOWN, f"Unsupported breakdown {asked}")
    return asked == "campaign"


def _window(call: Call, name: str, known: set[str], default: str) -> str:
    asked = call.params.get(name, default)
    if asked not in known:
        raise bad_parameter(f"{name} has an unknown value {asked}")
    return asked


def _span(call: Call, account: AdAccount, granularity: str) -> tuple[date, date]:
    if granularity == "LIFETIME" or (granularity == "TOTAL" and "start_time" not in call.params):
        return date.min, date.max
    start, end = (_instant(call, name) for name in ("start_time", "end_time"))
    if end <= start:
        raise unsupported("End time should be after start time.")
    since, until = (_day(at, account) for at in (start, end))
    if granularity == "DAY" and (until - since).days > LONGEST_SPAN:
        raise unsupported(f"a DAY query spans at most {LONGEST_SPAN} days.")
    return since, until


def _instant(call: Call, name: str) -> datetime:
    text = call.params.get(name)
    if text is None:
        raise bad_parameter(f"{name} is required")
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_parameter(f"{name} is not a valid time") from error
    if at.tzinfo is None:
        raise unsupported(f"{name} should have an offset.")
    if (at.minute, at.second, at.microsecond) != (0, 0, 0):
        raise unsupported("Start time should start at the beginning of an hour.")
    return at


def _day(at: datetime, account: AdAccount) -> date:
    local = at.astimezone(ZoneInfo(account.timezone))
    if local.time() != time() or local.utcoffset() != at.utcoffset():
        raise unsupported("time should be midnight in the ad account's time zone.")
    return local.date()
