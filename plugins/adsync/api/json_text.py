"""Repairs JSON text that parsers or PostgreSQL refuse although its meaning is plain.

A lone surrogate (a text that was cut inside an emoji) becomes U+FFFD, as does a byte that is not UTF-8. The escape of
U+0000, which jsonb cannot hold, is removed. White space and byte order marks around the JSON are removed.
"""

from __future__ import annotations

import re

# An even number of backslashes before an escape leaves it one.
ESCAPES = re.compile(
    rb"(?<!\\)((?:\\\\)*)"
    rb"(?:(\\u0000)|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
SUSPECTS = (b"\\u0000", b"\\ud", b"\\uD")
REPLACEMENT = b"\\ufffd"
MARK = b"\xef\xbb\xbf"
AROUND = re.compile(rb"\A(?:\s|\xef\xbb\xbf)+|(?:\s|\xef\xbb\xbf)+\Z")


def repaired(text: bytes) -> bytes:
    """Returns JSON text without what parsers or jsonb refuse; any other text is returned as it is."""
    json = AROUND.sub(b"", text) if _has_frame(text) else text
    if not json.startswith((b"{", b"[")):
        return text
    json = without_bad_escapes(json)
    return json if json.isascii() else _as_utf8(json)


def without_bad_escapes(json: bytes) -> bytes:
    """Returns the text without the escapes of lone surrogates and of U+0000."""
    return ESCAPES.sub(_repaired_escape, json) if any(each in json for each in SUSPECTS) else json


def _has_frame(text: bytes) -> bool:
    return text[:1].isspace() or text[-1:].isspace() or text.startswith(MARK) or text.endswith(MARK)


def _as_utf8(text: bytes) -> bytes:
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode(errors="replace").encode()
    return text


def _repaired_escape(found: re.Match[bytes]) -> bytes:
    backslashes, null, pair = found.groups()
    return backslashes + (b"" if null else pair or REPLACEMENT)
