"""JSON text that parsers or jsonb refuse although its meaning is plain."""

import json

import pytest

from adsync.api.json_text import repaired


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (rb'{"a":"Sale \ud83d"}', {"a": "Sale �"}),
        (rb'{"a":"\ude00 Sale"}', {"a": "� Sale"}),
        (rb'{"a":"\uD83D\uD83D\uDE00"}', {"a": "�😀"}),
        (rb'{"a":"\ud83d\ude00"}', {"a": "😀"}),
        (rb'{"a":"\\ud83d"}', {"a": r"\ud83d"}),
        (rb'{"a":"\\\ud83d"}', {"a": "\\�"}),
        (rb'{"\udfff":"x\u0000\u0000y"}', {"�": "xy"}),
        (rb'{"a":"\ud83d\u0000\ude00"}', {"a": "��"}),
        (rb'{"a":"\\\u0000u0000"}', {"a": r"\u0000"}),
        (b'\xef\xbb\xbf\xef\xbb\xbf \r\n\t{"a":1}\n\xef\xbb\xbf ', {"a": 1}),
        (b"\n\x0b\x0c[1]", [1]),
        (b'["caf\xe9", "\xed\xa0\xbd"]', ["caf�", "���"]),
    ],
)
def test_json_is_repaired(text, read):
    done = repaired(text)
    assert json.loads(done) == read
    assert repaired(done) == done


@pytest.mark.parametrize("text", [b"", b"  ", b"<html>", b"a,b\nc\xff,d\n", b"\xef\xbb\xbfa,b", b" null "])
def test_any_other_text_stays_as_it_is(text):
    assert repaired(text) == text
