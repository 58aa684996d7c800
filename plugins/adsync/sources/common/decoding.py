"""Reading responses without parsing more than is needed: records stay the bytes that arrived."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import msgspec

from adsync.errors import ContractError, TemporaryError

Shape = TypeVar("Shape")


def decode(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Shape], what: str) -> Shape:
    """Decode an response.

    Raises ContractError naming the part that is missing or of another type, TemporaryError when the
    body is no JSON at all (it was cut off, or something between us and the platform answered).
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise ContractError(f"{what}: the response has another shape than documented: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TemporaryError(f"{what}: the response is no whole JSON text ({error})") from error


def decode_or_none(body: bytes, decoder: msgspec.json.Decoder[Shape]) -> Shape | None:
    """The body when it has that shape: whoever responses an error need not be the platform."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def day(text: str, what: str) -> date:
    """The day at the start of an ISO date or time; never shifted by a zone."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ContractError(f"{what}: {text!r} is no date") from error
