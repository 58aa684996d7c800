"""Reads the records of a page one by one: a bad record is rejected by its key, the others are read.

Only a page in which every record fails in the same way is an unusable answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from adsync.errors import ContractError, TemporaryError
from adsync.models import RawJson, RejectedRecord

MAX_EXCERPT = 500
MAX_REASON = 300
# What reading a value of another shape raises; a read of one record calls nothing, so that none of these is an outage.
SHAPE_ERRORS = (
    ContractError,
    TemporaryError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
# Values in the messages of two records that fail in the same way.
VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
ANY = msgspec.json.Decoder()

Item = TypeVar("Item")
Built = TypeVar("Built")


@dataclass(frozen=True)
class RecordShape:
    """What a record is called, the paths of its key's parts, and the fields without personal data for an excerpt.

    A path is dotted: `dimensions.campaign_id`.
    """

    what: str
    key: tuple[str, ...] = ("id",)
    shown: tuple[str, ...] = ()

    def rejected(self, item: Any, error: Exception) -> RejectedRecord:
        """Returns what is stored instead of a record that cannot be read."""
        node = _decoded(item) if isinstance(item, RawJson) else item
        parts = [_text(_at(node, path)) for path in self.key]
        key = ":".join(parts) if all(parts) else ""
        shown = {path: _at(node, path) for path in dict.fromkeys((*self.key, *self.shown))}
        excerpt = ", ".join(f"{path}: {_shown(value)}" for path, value in shown.items())
        return RejectedRecord(key, self._reason(error), excerpt[:MAX_EXCERPT])

    def _reason(self, error: Exception) -> str:
        """Returns one sentence; the text of errors that are not ours may repeat any value of the record."""
        if isinstance(error, ContractError | TemporaryError):
            return str(error)[:MAX_REASON]
        if isinstance(error, KeyError):
            return f"{self.what}: missing {error}"[:MAX_REASON]
        return f"{self.what}: a value has another type or form than documented ({type(error).__name__})"


def build_one(item: Item, build: Callable[[Item], Built], shape: RecordShape) -> Built | RejectedRecord:
    """Returns what `build` makes of one item (JSON text, or a decoded value), or the item rejected."""
    try:
        return build(item)
    except SHAPE_ERRORS as error:
        return shape.rejected(item, error)


def build_page(
    items: Sequence[Item], build: Callable[[Item], Built], shape: RecordShape
) -> list[Built | RejectedRecord]:
    """Returns what `build` makes of each item of a page; an item that it cannot read is rejected.

    Raises ContractError if the page has several items and all of them fail in the same way.
    """
    page = [build_one(item, build, shape) for item in items]
    check_page(page)
    return page


def check_page(page: Sequence[object]) -> None:
    """Raises ContractError if a page has several records and all of them were rejected for the same reason."""
    rejected = [each for each in page if isinstance(each, RejectedRecord)]
    if len(page) > 1 and len(rejected) == len(page) and len({VALUES.sub("", each.reason) for each in rejected}) == 1:
        raise ContractError(f"{rejected[0].reason} (in each of {len(page)} records of a page)")


def built(page: Sequence[Built | RejectedRecord]) -> list[Built]:
    """Returns what a page has beside its rejected records."""
    return [each for each in page if not isinstance(each, RejectedRecord)]


def rejects(page: Sequence[object]) -> list[RejectedRecord]:
    """Returns the rejected records of a page."""
    return [each for each in page if isinstance(each, RejectedRecord)]


def _decoded(item: RawJson) -> Any:
    try:
        return ANY.decode(item)
    except (ValueError, RecursionError):
        return None


def _at(node: Any, path: str) -> Any:
    for name in path.split("."):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def _text(value: Any) -> str:
    """Returns a part of a key; empty if the value cannot be one."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _shown(value: Any) -> str:
    """Returns a value of an excerpt; objects and lists could contain anything."""
    if isinstance(value, Mapping):
        return "{...}"
    return "[...]" if isinstance(value, list) else msgspec.json.encode(value).decode()[:100]
