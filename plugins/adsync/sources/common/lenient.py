"""Reads JSON whose meaning is clear although its type is not the documented one.

- null stands for a missing field, and for an empty list or mapping;
- 123.0 and "123" stand for 123, and a number for a text of its digits.

Anything else of another type stays an error. It is the second attempt: `decoding` first reads exactly as documented,
which is many times faster. Values that a struct keeps as raw JSON are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

NULL = b"null"
# Bounded, because an exponent of many digits would be a number of gigabytes.
NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?")
OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
LIST = msgspec.json.Decoder(list[msgspec.Raw])
JSON_TYPES = {
    type(None): "null",
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    list: "array",
    dict: "object",
}


class Place(NamedTuple):
    """Where a value stands in the document; with `forgiving`, unreadable optional values count as missing."""

    path: str = "$"
    forgiving: bool = False

    def at(self, step: str) -> Place:
        return Place(self.path + step, self.forgiving)


def read(body: bytes | msgspec.Raw, type_: Any, *, forgiving: bool = False) -> Any:
    """Returns the value of that type; ValidationError if it cannot be read as one."""
    return _value(bytes(body).strip(), _info(type_), Place(forgiving=forgiving))


@cache
def _info(type_: Any) -> inspect.Type:
    return inspect.type_info(type_)


def _value(raw: bytes, kind: inspect.Type, place: Place) -> Any:
    match kind:
        case inspect.UnionType():
            return _any_of(raw, kind, place)
        case inspect.StructType():
            return _struct(raw, kind, place)
        case inspect.DictType():
            return _entries({} if raw == NULL else _object(raw, place), kind.value_type, place)
        case inspect.ListType() | inspect.CollectionType():
            return _items(raw, kind.item_type, place)
        case inspect.RawType():
            return msgspec.Raw(raw)
    return _scalar(raw, kind, place)


def _any_of(raw: bytes, kind: inspect.UnionType, place: Place) -> Any:
    """Returns the value as the first type of the union that it can be read as."""
    if raw == NULL and kind.includes_none:
        return None
    error: msgspec.ValidationError | None = None
    for each in kind.types:
        try:
            return _value(raw, each, place)
        except msgspec.ValidationError as problem:
            error = error or problem
    raise error or _unexpected(raw, "null", place)


def _struct(raw: bytes, kind: inspect.StructType, place: Place) -> Any:
    found = _object(raw, place)
    values = {}
    for field in kind.fields:
        value = bytes(found.get(field.encode_name, NULL))
        if value == NULL and not field.required:
            continue
        if field.encode_name not in found:
            raise msgspec.ValidationError(f"Object missing required field `{field.encode_name}` - at `{place.path}`")
        inner = place.at(f".{field.encode_name}")
        try:
            values[field.name] = _value(value, field.type, inner)
        except msgspec.ValidationError:
            if field.required or not place.forgiving:
                raise
    return kind.cls(**values)


def _object(raw: bytes, place: Place) -> Mapping[str, msgspec.Raw]:
    if raw.startswith(b"{"):
        return OBJECT.decode(raw)
    raise _unexpected(raw, "object", place)


def _entries(found: Mapping[str, msgspec.Raw], kind: inspect.Type, place: Place) -> dict[str, Any]:
    read_value = _reader(kind, place)
    entries = {key: read_value(value, f"[{key!r}]") for key, value in found.items()}
    return {key: value for key, value in entries.items() if value is not UNREADABLE}


def _items(raw: bytes, kind: inspect.Type, place: Place) -> list[Any]:
    if raw == NULL:
        return []
    if not raw.startswith(b"["):
        raise _unexpected(raw, "array", place)
    read_value = _reader(kind, place)
    items = [read_value(value, f"[{number}]") for number, value in enumerate(LIST.decode(raw))]
    return [value for value in items if value is not UNREADABLE]


UNREADABLE = object()


def _reader(kind: inspect.Type, place: Place) -> Callable[[msgspec.Raw, str], Any]:
    """Returns a function that reads one entry; a forgiving one returns UNREADABLE instead of failing."""

    def read_value(value: msgspec.Raw, step: str) -> Any:
        try:
            return _value(bytes(value), kind, place.at(step))
        except msgspec.ValidationError:
            if not place.forgiving:
                raise
            return UNREADABLE

    return read_value


def _scalar(raw: bytes, kind: inspect.Type, place: Place) -> Any:
    value = msgspec.json.decode(raw)
    if isinstance(kind, inspect.AnyType):
        return value
    number = _number(raw, value)
    match kind:
        case inspect.IntType() if number is not None and number == number.to_integral_value():
            return int(number)
        case inspect.FloatType() if number is not None:
            return float(number)
        case inspect.DecimalType() if number is not None:
            return number
        case inspect.StrType() if isinstance(value, str):
            return value
        case inspect.StrType() if number is not None and number == number.to_integral_value():
            return str(int(number))
        case inspect.BoolType() if isinstance(value, bool):
            return value
        case inspect.NoneType() if value is None:
            return None
    name = type(kind).__name__.removesuffix("Type").lower()
    raise _unexpected(raw, name, place)


def _number(raw: bytes, value: Any) -> Decimal | None:
    """Returns a number or the number in a text, with every digit; None for any other value."""
    text = value.strip() if isinstance(value, str) else raw.decode()
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _unexpected(raw: bytes, expected: str, place: Place) -> msgspec.ValidationError:
    found = JSON_TYPES[type(msgspec.json.decode(raw))]
    return msgspec.ValidationError(f"Expected `{expected}`, got `{found}` - at `{place.path}`")
