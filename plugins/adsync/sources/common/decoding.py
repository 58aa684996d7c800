"""Decodes responses only as far as needed: records stay the bytes that arrived."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from adsync.api.json_text import repaired
from adsync.errors import ContractError, TemporaryError
from adsync.sources.common import lenient

Shape = TypeVar("Shape")
MAX_AMOUNT = Decimal(10) ** 18


def decode(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Shape], what: str) -> Shape:
    """Decodes a response, repaired where parsers refuse its text, and leniently where its types differ.

    Both only where the meaning is plain (`api.json_text`, `lenient`). Raises ContractError if a documented part is
    missing or has another type, TemporaryError if the body is not JSON at all: it was truncated, or it comes from a
    proxy.
    """
    try:
        return _read(body, decoder)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ContractError(f"{what}: response differs from its documentation: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TemporaryError(f"{what}: invalid or truncated JSON in the response ({error})") from error


def decode_or_none(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Shape]) -> Shape | None:
    """Returns the decoded body without its unreadable optional parts; None if a required part is unreadable too.

    For errors and headers: they may come from a proxy instead of the platform. Of several objects, one after the
    other, the first is read.
    """
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read(body, decoder, forgiving=True)
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read(first_object(bytes(body)), decoder, forgiving=True)
    return None


def _read(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Shape], *, forgiving: bool = False) -> Shape:
    text = repaired(body) if isinstance(body, bytes) else body
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        return lenient.read(text, decoder.type, forgiving=forgiving)


def first_object(body: bytes) -> bytes:
    """Returns the first JSON object of a body that holds several one after the other; any other body unchanged."""
    text = body.decode(errors="replace").strip("\ufeff \t\r\n")
    try:
        first, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return body
    return text[:end].encode() if isinstance(first, dict) else body


def finite(amount: Decimal) -> Decimal:
    """Returns an amount that can be added up; 0 for NaN, infinity and what no account has ever spent."""
    return amount if amount.is_finite() and abs(amount) < MAX_AMOUNT else Decimal(0)


def day(text: str, what: str) -> date:
    """Returns the day at the start of an ISO date or time, without a shift between time zones."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ContractError(f"{what}: invalid date {text!r}") from error
