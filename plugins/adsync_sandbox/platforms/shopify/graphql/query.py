"""Validates a query against the schema, computes its cost, and returns what it selects.

Cost by the sheet (section 5): a scalar 0, an object 1, a connection `first`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adsync_sandbox.platforms.shopify.graphql.query_language import (
    Document,
    Field,
    Fragment,
    Selection,
    Spread,
    Variable,
)
from adsync_sandbox.platforms.shopify.graphql.schema import ARGUMENTS, INTERFACES, TYPES, is_connection

TYPENAME = "__typename"
TRANSPARENT = ("nodes", "edges", "node")

# An object's fields: plain values, nested objects, lists, or functions of the arguments.
Source = Mapping[str, object]


class Refused(Exception):
    """A rejected query; the code is that of `errors[].extensions.code`."""

    def __init__(self, code: str, message: str, **extensions: object) -> None:
        super().__init__(message)
        self.code, self.message, self.extensions = code, message, extensions


@dataclass(frozen=True)
class Query:
    """A document with its variables."""

    document: Document
    variables: Mapping[str, object]

    def arguments(self, field: Field) -> dict[str, object]:
        return {name: self._value(value) for name, value in field.arguments.items()}

    def _value(self, value: object) -> object:
        if not isinstance(value, Variable):
            return value
        if value.name not in self.document.defaults:
            raise Refused("variableNotDefined", f"Variable ${value.name} is used but not declared")
        return self.variables.get(value.name, self.document.defaults[value.name])

    def fields(self, selections: tuple[Selection, ...], on: str) -> Iterator[tuple[str, Field]]:
        """Returns every requested field with its type, with fragments expanded."""
        for selection in selections:
            if isinstance(selection, Field):
                yield on, selection
            else:
                fragment = self._fragment(selection)
                yield from self.fields(fragment.selections, fragment.on or on)

    def _fragment(self, selection: Fragment | Spread) -> Fragment:
        if isinstance(selection, Fragment):
            return selection
        if selection.name not in self.document.fragments:
            raise Refused("useAndDefineFragment", f"Fragment {selection.name} was used, but not defined")
        return self.document.fragments[selection.name]


def check(query: Query, selections: tuple[Selection, ...], on: str) -> None:
    """Rejects fields and arguments that the schema does not have."""
    for owner, field in query.fields(selections, on):
        if field.name == TYPENAME:
            continue
        if owner not in TYPES or field.name not in TYPES[owner]:
            raise Refused("undefinedField", f"Field '{field.name}' doesn't exist on type '{owner}'")
        for name in field.arguments:
            if name not in ARGUMENTS.get((owner, field.name), ()):
                raise Refused("argumentNotAccepted", f"Field '{field.name}' doesn't accept argument '{name}'")
        kind = TYPES[owner][field.name]
        if bool(kind) != bool(field.selections):
            raise Refused("selectionMismatch", f"Field '{field.name}' has wrong selections for its type")
        if kind:
            check(query, field.selections, kind)


def cost(query: Query, selections: tuple[Selection, ...], on: str) -> int:
    """Returns the maximum cost of the query, in points."""
    return sum(_cost_of(query, owner, field) for owner, field in query.fields(selections, on))


def _cost_of(query: Query, owner: str, field: Field) -> int:
    kind = TYPES[owner].get(field.name)
    if kind is None:
        return 0
    inside = cost(query, field.selections, kind)
    if not is_connection(kind):
        return inside if field.name == "edges" else 1 + inside
    aside = sum(
        _cost_of(query, on, one) for on, one in query.fields(field.selections, kind) if one.name not in TRANSPARENT
    )
    arguments = query.arguments(field)
    size = arguments.get("first") or arguments.get("last") or 1
    return aside + int(str(size)) * (inside - aside)


@dataclass
class Executor:
    """Picks what a valid query selects, and counts the returned objects."""

    query: Query
    objects: int = 0

    def pick(self, source: Source, selections: tuple[Selection, ...], on: str) -> dict[str, object]:
        self.objects += not is_connection(on)
        kinds = {on, *INTERFACES.get(on, ())}
        found: dict[str, object] = {}
        for owner, field in self.query.fields(selections, on):
            if field.name == TYPENAME:
                found[field.alias] = on
            elif owner in kinds:
                found[field.alias] = _merged(found.get(field.alias), self._value(source, field, owner))
        return found

    def _value(self, source: Source, field: Field, owner: str) -> object:
        value = source[field.name]
        if callable(value):
            value = value(**self.query.arguments(field))
        if not field.selections or value is None:
            return value
        kind = TYPES[owner][field.name] or ""
        if isinstance(value, list):
            return [one and self.pick(one, field.selections, one.get(TYPENAME, kind)) for one in value]
        return self.pick(value, field.selections, value.get(TYPENAME, kind))


def _merged(before: object, now: object) -> object:
    """Merges the selections of fields that occur twice."""
    return {**before, **now} if isinstance(before, dict) and isinstance(now, dict) else now
