"""Normalizes text from links (sheet on UTM matching, section 4)."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from urllib.parse import unquote

ROUNDS = 2
# Bidirectional and zero-width marks, tatweel, Arabic vowel signs.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u0640\u064b-\u065f\u0670]")
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
SEPARATORS = re.compile(r"[\s_|/\-\u2010-\u2015\u2212]+")
MACRO = re.compile(r"\{\{|\}\}|^_{1,2}[A-Z]+(_[A-Z]+)*_{1,2}$")
DAMAGED = re.compile(r"^\d+(\.\d+)?e\+?\d+$", re.IGNORECASE)
DIRECT = {"(direct)", "direct", "(none)", "(not set)", "unknown", "store"}


def decoded(text: str) -> str:
    """Returns the text percent-decoded at most twice, as long as it changes and stays valid UTF-8."""
    for _ in range(ROUNDS):
        try:
            plain = unquote(text, errors="strict")
        except UnicodeDecodeError:
            break
        if plain == text:
            break
        text = plain
    return text


def normalized(text: str) -> str:
    text = unicodedata.normalize("NFKC", unescape(decoded(text)))
    text = INVISIBLE.sub("", text).translate(ARABIC_DIGITS).casefold()
    return SEPARATORS.sub(" ", text).strip()


def flaw(text: str) -> str | None:
    """Returns the reason that a value names no campaign, if the value alone tells, else None."""
    plain = decoded(text).strip()
    if MACRO.search(plain):
        return "macro_unexpanded"
    if DAMAGED.match(plain):
        return "damaged_id"
    return "direct" if plain.casefold() in DIRECT else None
