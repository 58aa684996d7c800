"""A script of misbehaviour: which calls go wrong, and how.

A fault matches a call by source, by a piece of its path, and by account; `calls` then picks among the
matching ones (1 is the first; empty is every one). Files are YAML or JSON lists of the fields of Fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

SOURCES = ("meta", "tiktok", "snapchat", "shopify", "woocommerce", "salla", "zid")
KINDS = (
    # Instead of the answer.
    "rate_limited",
    "http_429",
    "server_error",
    "token_expired",
    "too_much_data",
    # With the answer.
    "truncated",
    "slow",
    "added_field",
    "missing_field",
    "restated_day",
)


class BadScript(Exception):
    """A fault script that cannot be used: the message names file, entry and key."""


@dataclass(frozen=True)
class Fault:
    """One rule. `wait` is seconds: the pause a limit asks for (None: it does not say) or how long a slow page takes.

    `field` names what is added or goes missing, in every row; `day` (YYYY-MM-DD) and `percent` restate claims.
    """

    source: str
    kind: str
    path: str = ""
    account: str = ""
    calls: tuple[int, ...] = ()
    wait: float | None = None
    field: str = ""
    day: str = ""
    percent: int = 110

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise ValueError(f"a fault's source is one of {', '.join(SOURCES)}, not {self.source!r}")
        if self.kind not in KINDS:
            raise ValueError(f"a fault's kind is one of {', '.join(KINDS)}, not {self.kind!r}")

    def concerns(self, source: str, path: str, told: str) -> bool:
        """Whether a call is one of those it counts; `told` is the whole of URL and body, where accounts stand."""
        return self.source == source and self.path in path and self.account in told


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
