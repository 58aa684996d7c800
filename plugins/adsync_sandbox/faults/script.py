"""A script of misbehaviour: which calls go wrong, and how.

A fault matches a call by source, by a piece of its path, and by account; `calls` then picks among the
matching ones (1 is the first; empty is every one). Files are YAML or JSON lists of the fields of Fault.
KINDS says what there is: a platform's own kinds stand in its facts, those of all below. traps.py says which kind lays
which trap of the sheets.
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

# What any server may do: instead of the answer, to a connection, and with the answer.
EVERYBODYS = (
    *("rate_limited", "http_429", "server_error", "unavailable", "html"),
    *("token_expired", "permission_denied", "too_much_data", "answer_lost"),
    *("slow", "truncated", "added_field", "missing_field", "repeated_row"),
)
# To the tokens in the call, or to its connection; the call itself goes on.
OF_TOKENS_THAT_END = ("token_dies", "app_removed")
OF_REPORTS = ("restated_day", "withdrawn_day", "job_failed", "job_stuck")


def _known(source: str) -> frozenset[str]:
    """The kinds that a source knows."""
    facts = SPECS[source]
    ending = () if facts.tokens.key else OF_TOKENS_THAT_END
    return facts.faults.union(EVERYBODYS, ending, OF_REPORTS if facts.ads else ())


# Kind of fault, and the sources that know it.
KINDS: dict[str, frozenset[str]] = {
    kind: frozenset(source for source in SOURCES if kind in _known(source))
    for kind in sorted(frozenset().union(*map(_known, SOURCES)))
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
