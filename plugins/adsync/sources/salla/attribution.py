"""Where a Salla order came from: fields in several places, most of them undocumented, which short responses omit.

The places of one response belong together. A response that names a source replaces what is stored as a whole, one that
names none leaves it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import msgspec

from adsync.models import RawJson, Record, RejectedRecord
from adsync.sources.common.decoding import decode
from adsync.sources.common.pii import Fields, allow_fields, campaign_link

WORDS = ("source", "medium", "campaign", "content", "term", "id")
UTM: Fields = dict.fromkeys(f"utm_{word}" for word in WORDS)
EITHER: Fields = {**dict.fromkeys(WORDS), **UTM}
PLACES: Fields = {
    "source_details": {"type": None, "value": None, "device": None, **UTM},
    "campaign": EITHER,
    "utm": EITHER,
    "marketing": EITHER,
    "attribution": EITHER,
}
# Keys of the places above that say what kind of visit it was, not which.
DESCRIPTIONS = {"type", "value", "device"}
EMPTY = (None, "", [], {}, False)
# Keys under which the origin of an order would stand, in case Salla adds a place.
ORIGIN = re.compile(
    r"utm(_\w+)?|\w*clid|scc?id|refer+er\w*|landing\w*|campaign\w*|marketing|attribution", re.IGNORECASE
)
OBJECT = msgspec.json.Decoder(dict[str, Any])


class Unread(msgspec.Struct):
    unread_origin: str = ""


UNREAD = msgspec.json.Decoder(Unread)


def read_attribution(item: RawJson, stored: RawJson | None) -> dict[str, Any]:
    """Returns the places of the order's origin: those of the response, or those stored if it names no source.

    `unread_origin` is the name of a field that may tell the origin and is not read.
    """
    told = decode(item, OBJECT, "salla order")
    places: dict[str, Any] = _places(item)
    if stored and not _names_a_source(told):
        known = decode(stored, OBJECT, "stored salla order")
        places |= _places(stored) if _names_a_source(known) else {}
    if unread := _unread_origin(told):
        places["unread_origin"] = unread
    return places


def unread_origin(record: Record | RejectedRecord) -> str:
    """Returns the name of the record's field that may tell its origin and is not read, or an empty text."""
    return UNREAD.decode(record.payload).unread_origin if isinstance(record, Record) else ""


def _places(item: RawJson) -> dict[str, Any]:
    """Returns the allowed fields; a link in a value, whose content is not documented, loses its personal data."""
    places: dict[str, Any] = allow_fields(item, PLACES)
    details = places.get("source_details")
    value = bytes(details.get("value", b"")) if isinstance(details, dict) else b""
    if value.startswith(b'"') and b"://" in value:
        details["value"] = campaign_link(msgspec.json.decode(value, type=str))
    return places


def _names_a_source(order: dict[str, Any]) -> bool:
    details = order.get("source_details")
    if isinstance(details, dict) and details.get("type") == "campaign" and details.get("value") not in EMPTY:
        return True
    return any(_has_value(order.get(name), (keys or {}).keys() - DESCRIPTIONS) for name, keys in PLACES.items())


def _has_value(part: Any, keys: Collection[str]) -> bool:
    return isinstance(part, dict) and any(part.get(key) not in EMPTY for key in keys)


def _unread_origin(order: dict[str, Any]) -> str:
    """Returns the first key that may tell the origin and is not read, nor its place in part."""
    rest = []
    for name, value in order.items():
        read = (PLACES.get(name) or {}).keys()
        unread = {k: v for k, v in value.items() if k not in read} if isinstance(value, dict) else value
        rest.append(unread if _has_value(value, read) else {name: unread})
    return _first_origin(rest)


def _first_origin(node: Any) -> str:
    if isinstance(node, list):
        return next(filter(None, map(_first_origin, node)), "")
    if not isinstance(node, dict):
        return ""
    told = {key: value for key, value in node.items() if _is_told(value)}
    return next((key for key in told if ORIGIN.fullmatch(key)), "") or _first_origin(list(told.values()))


def _is_told(value: Any) -> bool:
    return any(map(_is_told, value.values())) if isinstance(value, dict) else value not in EMPTY
