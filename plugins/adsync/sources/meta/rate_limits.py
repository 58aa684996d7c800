"""Meta's rate limits, from the headers of each response: usage in percent, waits in two units.

The wait of a business use case is in minutes, that of an ad account in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from adsync.models import ApiResponse, RateLimit
from adsync.sources.common.decoding import decode_or_none

# A call while blocked prolongs the block, so calls stop before.
FULL_PERCENT = 95.0
DEFAULT_WAIT = 300.0
# The account's score with full access; with limited access the headers stop calls long before.
LIMITS = (RateLimit("account", 9000, 300),)


class BusinessUsage(msgspec.Struct):
    call_count: float = 0
    total_cputime: float = 0
    total_time: float = 0
    estimated_time_to_regain_access: float = 0


class AccountUsage(msgspec.Struct):
    acc_id_util_pct: float = 0
    reset_time_duration: float = 0


class InsightsUsage(msgspec.Struct):
    app_id_util_pct: float = 0
    acc_id_util_pct: float = 0


class AppUsage(msgspec.Struct):
    call_count: float = 0
    total_cputime: float = 0
    total_time: float = 0


BUSINESS_USAGE = msgspec.json.Decoder(dict[str, list[BusinessUsage]])
ACCOUNT_USAGE = msgspec.json.Decoder(AccountUsage)
PERCENTAGES = {
    "x-app-usage": msgspec.json.Decoder(AppUsage),
    "x-fb-ads-insights-throttle": msgspec.json.Decoder(InsightsUsage),
}


def throttle(response: ApiResponse) -> float:
    """Returns the seconds to pause: until access is regained, or a default if a limit is nearly used up."""
    business, account = _business(response.headers), _account(response.headers)
    blocked = 60.0 * max((entry.estimated_time_to_regain_access for entry in business), default=0.0)
    if _highest_usage(response.headers, business, account) < FULL_PERCENT:
        return blocked
    return max(blocked, account.reset_time_duration) or DEFAULT_WAIT


def regain_seconds(headers: Mapping[str, str]) -> float | None:
    """Returns the longest wait in the headers of a rejected call."""
    minutes = max((entry.estimated_time_to_regain_access for entry in _business(headers)), default=0.0)
    return max(60.0 * minutes, _account(headers).reset_time_duration) or None


def _highest_usage(headers: Mapping[str, str], business: list[BusinessUsage], account: AccountUsage) -> float:
    usages = (decode_or_none(headers.get(name, "").encode(), decoder) for name, decoder in PERCENTAGES.items())
    used = [max(msgspec.structs.astuple(entry)) for entry in usages if entry]
    used += [max(entry.call_count, entry.total_cputime, entry.total_time) for entry in business]
    return max([account.acc_id_util_pct, *used])


def _business(headers: Mapping[str, str]) -> list[BusinessUsage]:
    found = decode_or_none(headers.get("x-business-use-case-usage", "").encode(), BUSINESS_USAGE) or {}
    return [entry for entries in found.values() for entry in entries]


def _account(headers: Mapping[str, str]) -> AccountUsage:
    return decode_or_none(headers.get("x-ad-account-usage", "").encode(), ACCOUNT_USAGE) or AccountUsage()
