"""A fault script: which calls fail, and how.

A fault matches a call by source, part of the path, and account; `calls` then selects among the matching calls (1 is the
first; empty means all). Files are YAML or JSON lists of the fields of Fault. KINDS lists the kinds: common ones are
below, a platform's own are in its spec.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import yaml

from adsync_sandbox.platforms.registry import SOURCES, SPECS

A_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")

# Faults of any server: other responses, lost connections, altered responses.
COMMON = (
    *("rate_limited", "http_429", "server_error", "unavailable", "html"),
    *("token_expired", "permission_denied", "too_much_data", "answer_lost"),
    *("slow", "truncated", "added_field", "missing_field", "null_field", "repeated_row"),
)
# Faults of the tokens in the call, or of its connection; the call itself proceeds.
OF_EXPIRING_TOKENS = ("token_dies", "app_removed")
OF_REPORTS = ("restated_day", "withdrawn_day", "job_failed", "job_stuck")


def _kinds_of(source: str) -> frozenset[str]:
    """Returns the kinds that a source supports."""
    spec = SPECS[source]
    ending = () if spec.tokens.key else OF_EXPIRING_TOKENS
    return spec.faults.union(COMMON, ending, OF_REPORTS if spec.ads else ())


# Kinds of faults, and the sources that support them.
KINDS: dict[str, frozenset[str]] = {
    kind: frozenset(source for source in SOURCES if kind in _kinds_of(source))
    for kind in sorted(frozenset().union(*map(_kinds_of, SOURCES)))
}


class BadScript(Exception):
    """A fault script is invalid: the message names file, entry and key."""


@dataclass(frozen=True)
class Fault:
    """One rule. `wait` is the wait that a limit demands (None: not stated) or the delay of a slow page, in seconds.

    Calls whose dates span at most `above` days are exempt. `field` names the field that is added or missing in every
    row, the order that is poisoned or changed, or the field that is null in the row with `record` (empty: in the
    first row of each page); `day` (YYYY-MM-DD) and `percent` restate claims.
    """

    source: str
    kind: str
    path: str = ""
    account: str = ""
    calls: tuple[int, ...] = ()
    wait: float | None = None
    above: int | None = None
    field: str = ""
    record: str = ""
    day: str = ""
    percent: int = 110

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise ValueError(f"unknown `source`: {self.source!r} (expected one of {', '.join(SOURCES)})")
        if self.kind not in KINDS:
            raise ValueError(f"unknown `kind`: {self.kind!r} (expected one of {', '.join(KINDS)})")
        if self.source not in KINDS[self.kind]:
            sources = ", ".join(sorted(KINDS[self.kind]))
            raise ValueError(f"invalid `kind` for {self.source}: {self.kind!r} (only {sources})")

    def matches(self, source: str, path: str, text: str) -> bool:
        """Returns whether the fault applies to a call; `text` is its URL, body and headers."""
        if self.source != source or self.path not in path or self.account not in text:
            return False
        return self.above is None or span(text) > self.above


def span(text: str) -> int:
    """Returns the number of days from the first to the last date in a call, 0 without dates."""
    days = sorted(date.fromisoformat(day) for day in A_DAY.findall(text))
    return (days[-1] - days[0]).days + 1 if days else 0


def load(path: Path) -> tuple[Fault, ...]:
    """Reads a fault script; raises BadScript with the invalid entry and key."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, yaml.YAMLError) as error:
        raise BadScript(f"{path}: {error}") from error
    if not isinstance(entries, list):
        raise BadScript(f"{path}: invalid fault script: {type(entries).__name__} (expected a list of faults)")
    return tuple(_fault(path, n, entry) for n, entry in enumerate(entries, start=1))


def _fault(path: Path, number: int, entry: Mapping[str, object]) -> Fault:
    known = [one.name for one in fields(Fault)]
    if unknown := set(entry) - set(known):
        raise BadScript(
            f"{path}: fault {number}: unknown keys {', '.join(sorted(unknown))} (expected {', '.join(known)})"
        )
    values = {**entry, "calls": tuple(entry.get("calls", ())), "day": str(entry.get("day", ""))}
    try:
        return Fault(**values)
    except (TypeError, ValueError) as error:
        raise BadScript(f"{path}: fault {number}: {error}") from error
