"""Finds records and values in responses that a fault changes in place; used by each platform's `faults.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from adsync_sandbox.faults.script import Fault

Json = dict[str, object]
Rows = list[Json]
Alterations = dict[str, Callable[[Fault, Json], None]]
# Values of headers; None removes one.
Headers = dict[str, Callable[[Fault], dict[str, str | None]]]
# The place of a value: an object, and the name in it.
Place = tuple[Json, str]
Reader = Callable[[object], Iterator[object]]


def at(answer: object, *path: str) -> object:
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def lists_in(reader: Reader, answer: object) -> list[Rows]:
    """Returns every list of records in a response."""
    return [found for found in reader(answer) if isinstance(found, list)]


def rows_in(reader: Reader, answer: object) -> list[Json]:
    return [row for rows in lists_in(reader, answer) for row in rows if isinstance(row, dict)]


def places(part: object, names: Iterable[str]) -> Iterator[Place]:
    """Yields the places of these names; columns of a downloaded report may have titles."""
    if isinstance(part, dict):
        yield from ((part, name) for name in part if name.casefold().replace(" ", "_") in names)
