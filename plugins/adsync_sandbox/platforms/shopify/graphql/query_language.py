"""A small GraphQL parser: one query or mutation with variables, aliases, inline and named fragments; no directives.

It has no schema. Strings, numbers, enums, lists, objects and variables become plain Python values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

TOKENS = re.compile(r'\.\.\.|[{}()\[\]:!=$]|"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?|[_A-Za-z]\w*|\S')
IGNORED = re.compile(r'("(?:\\.|[^"\\])*")|#[^\n]*|,')
CONSTANTS = {"true": True, "false": False, "null": None}


class SyntaxFault(Exception):
    """The query has invalid syntax."""


@dataclass(frozen=True)
class Variable:
    """A variable of the request."""

    name: str


@dataclass(frozen=True)
class Field:
    """One requested field; a scalar has no selections."""

    name: str
    alias: str
    arguments: Mapping[str, object] = field(hash=False)
    selections: tuple[Selection, ...] = ()


@dataclass(frozen=True)
class Fragment:
    """Fields of one type: inline, or named and spread."""

    on: str | None
    selections: tuple[Selection, ...]


@dataclass(frozen=True)
class Spread:
    """A reference to a named fragment."""

    name: str


Selection = Field | Fragment | Spread


@dataclass(frozen=True)
class Document:
    """One operation, its variables' defaults, and the named fragments."""

    selections: tuple[Selection, ...]
    defaults: Mapping[str, object]
    fragments: Mapping[str, Fragment]
    mutates: bool = False


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = TOKENS.findall(IGNORED.sub(lambda found: found[1] or " ", text))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token != expected):
            raise SyntaxFault(f"Expected {expected or 'more'}, found {token or 'the end'}.")
        self.at += 1
        return token

    def took(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def selections(self) -> tuple[Selection, ...]:
        self.take("{")
        found = []
        while not self.took("}"):
            found.append(self.selection())
        return tuple(found)

    def selection(self) -> Selection:
        if not self.took("..."):
            return self.field()
        if self.peek() == "{":
            return Fragment(None, self.selections())
        if self.took("on"):
            return Fragment(self.take(), self.selections())
        return Spread(self.take())

    def field(self) -> Field:
        alias = name = self.take()
        if self.took(":"):
            name = self.take()
        arguments = self.pairs("(", ")") if self.peek() == "(" else {}
        return Field(name, alias, arguments, self.selections() if self.peek() == "{" else ())

    def pairs(self, opening: str, closing: str) -> dict[str, object]:
        self.take(opening)
        found = {}
        while not self.took(closing):
            name = self.take()
            self.take(":")
            found[name] = self.value()
        return found

    def value(self) -> object:
        token = self.peek()
        if token == "{":
            return self.pairs("{", "}")
        self.take()
        if token == "$":
            return Variable(self.take())
        if token == "[":
            return self.items()
        if token[0] in '"-' or token[0].isdigit():
            return json.loads(token)
        return CONSTANTS.get(token, token)

    def items(self) -> list[object]:
        found = []
        while not self.took("]"):
            found.append(self.value())
        return found

    def defaults(self) -> dict[str, object]:
        """Returns the defaults of `query Name($a: Type = default)`."""
        found: dict[str, object] = {}
        if self.peek() not in {"{", "("}:
            self.take()
        if not self.took("("):
            return found
        while not self.took(")"):
            self.take("$")
            name = self.take()
            self.take(":")
            while self.peek() not in {"$", ")", "="}:
                self.take()
            found[name] = self.value() if self.took("=") else None
        return found


def read(text: str) -> Document:
    """Parses a request with one operation; raises SyntaxFault if its syntax is invalid."""
    reader, fragments, mutates = _Reader(text), {}, False
    selections: tuple[Selection, ...] = ()
    defaults: dict[str, object] = {}
    while reader.peek():
        if reader.took("fragment"):
            name = reader.take()
            reader.take("on")
            fragments[name] = Fragment(reader.take(), reader.selections())
        else:
            mutates = reader.took("mutation")
            defaults = reader.defaults() if mutates or reader.took("query") else {}
            selections = reader.selections()
    if not selections:
        raise SyntaxFault("The request holds no query.")
    return Document(selections, defaults, fragments, mutates)
