"""A script of misbehaviour: which calls go wrong, and how.

A fault matches a call by source, by a piece of its path, and by account; `calls` then picks among the
matching ones (1 is the first; empty is every one). Files are YAML or JSON lists of the fields of Fault.
KINDS says what there is; traps.py which kind lays which trap of the sheets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import yaml

SOURCES = ("meta", "tiktok", "snapchat", "shopify", "woocommerce", "salla", "zid")
EVERY = frozenset(SOURCES)
ADS = frozenset({"meta", "tiktok", "snapchat"})
EXPIRING = EVERY - {"woocommerce"}
A_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")

# Kind of fault, and the sources that know it.
KINDS: dict[str, frozenset[str]] = {
    # Instead of the answer.
    "rate_limited": EVERY,
    "http_429": EVERY,
    "rate_limit_reset": frozenset({"snapchat", "salla"}),
    "server_error": EVERY,
    "unavailable": EVERY,
    "internal_error": frozenset({"meta", "tiktok", "shopify", "salla"}),
    "html": EVERY,
    "redirect_to_login": frozenset({"zid", "woocommerce"}),
    "token_expired": EVERY,
    "permission_denied": EVERY,
    "too_much_data": EVERY,
    "error_inside": frozenset({"snapchat", "salla"}),
    "user_deleted": frozenset({"salla"}),
    "user_inactive": frozenset({"salla"}),
    "blocked": frozenset({"salla"}),
    "firewall": frozenset({"woocommerce"}),
    "no_route": frozenset({"woocommerce"}),
    "shop_frozen": frozenset({"shopify"}),
    "not_replicated": frozenset({"meta"}),
    # To the tokens in the call, or to its connection; the call itself goes on.
    "token_dies": EXPIRING,
    "app_removed": EXPIRING,
    "answer_lost": EVERY,
    # With the answer.
    "slow": EVERY,
    "truncated": EVERY,
    "dirty_json": frozenset({"woocommerce"}),
    "added_field": EVERY,
    "missing_field": EVERY,
    "poisoned_order": frozenset({"shopify", "woocommerce", "salla", "zid"}),
    "restated_day": ADS,
    "withdrawn_day": ADS,
    "repeated_row": EVERY,
    "partial_success": frozenset({"snapchat", "tiktok", "shopify"}),
    "incomplete": frozenset({"tiktok"}),
    "empty_breakdown": frozenset({"snapchat"}),
    "usage_in_minutes": frozenset({"meta"}),
    "usage_in_seconds": frozenset({"meta"}),
    "job_failed": ADS,
    "job_skipped": frozenset({"meta"}),
    "job_too_large": frozenset({"meta"}),
    "job_stuck": ADS,
    "bulk_failed": frozenset({"shopify"}),
    "bulk_short": frozenset({"shopify"}),
    "headers_stripped": frozenset({"woocommerce"}),
    "numbers_for_texts": frozenset({"woocommerce"}),
    "unstamped_change": frozenset({"woocommerce"}),
}


class BadScript(Exception):
    """A fault script that cannot be used: the message names file, entry and key."""


@dataclass(frozen=True)
class Fault:
    """One rule. `wait` is seconds: the pause a limit asks for (None: it does not say) or how long a slow page takes.

    `above` lets calls pass whose dates span no more days. `field` names what is added or goes missing, in every
    row, or the order that is poisoned or changed; `day` (YYYY-MM-DD) and `percent` restate claims.
    """

    source: str
    kind: str
    path: str = ""
    account: str = ""
    calls: tuple[int, ...] = ()
    wait: float | None = None
    above: int | None = None
    field: str = ""
    day: str = ""
    percent: int = 110

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise ValueError(f"a fault's source is one of {', '.join(SOURCES)}, not {self.source!r}")
        if self.kind not in KINDS:
            raise ValueError(f"a fault's kind is one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.source not in KINDS[self.kind]:
            raise ValueError(f"{self.kind} is a fault of {', '.join(sorted(KINDS[self.kind]))}, not of {self.source}")

    def concerns(self, source: str, path: str, told: str) -> bool:
        """Whether a call is one of those it counts; `told` is the whole of URL and body, where accounts stand."""
        if self.source != source or self.path not in path or self.account not in told:
            return False
        return self.above is None or span(told) > self.above


def span(told: str) -> int:
    """How many days the dates of a call span, from the first to the last of them."""
    days = sorted(date.fromisoformat(text) for text in A_DAY.findall(told))
    return (days[-1] - days[0]).days + 1 if days else 0


def load(path: Path) -> tuple[Fault, ...]:
    """Read a fault script; BadScript names the entry and key that is wrong."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, yaml.YAMLError) as error:
        raise BadScript(f"{path}: {error}") from error
    if not isinstance(entries, list):
        raise BadScript(f"{path}: a fault script is a list of faults")
    return tuple(_fault(path, n, entry) for n, entry in enumerate(entries, start=1))


def _fault(path: Path, number: int, entry: Mapping[str, object]) -> Fault:
    if unknown := set(entry) - {one.name for one in fields(Fault)}:
        raise BadScript(f"{path}: fault {number} has unknown keys {', '.join(sorted(unknown))}")
    values = {**entry, "calls": tuple(entry.get("calls", ())), "day": str(entry.get("day", ""))}
    try:
        return Fault(**values)
    except (TypeError, ValueError) as error:
        raise BadScript(f"{path}: fault {number}: {error}") from error
