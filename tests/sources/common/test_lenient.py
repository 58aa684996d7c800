from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsync.errors import ContractError, TemporaryError
from adsync.sources.common import lenient
from adsync.sources.common.decoding import decode, decode_or_none


class Inner(msgspec.Struct):
    after: str = ""


class Shape(msgspec.Struct):
    number: int
    text: str = "none"
    items: list[int] = []
    names: dict[str, int] = {}
    ratio: float | None = None
    amount: Decimal = Decimal(0)
    inner: Inner = msgspec.field(default_factory=Inner)
    raw: msgspec.Raw = msgspec.Raw(b"{}")


class Listed(msgspec.Struct):
    rows: list[msgspec.Raw] = msgspec.field(name="list")


SHAPE, LISTED = msgspec.json.Decoder(Shape), msgspec.json.Decoder(Listed)
OPTIONAL = [name for name in Shape.__struct_fields__ if name not in {"number", "raw"}]


def shape(**more: object) -> Shape:
    return decode(json.dumps({"number": 1, **more}).encode(), SHAPE, "the report")


@pytest.mark.parametrize("field", OPTIONAL)
def test_null_counts_as_a_missing_field(field):
    assert shape(**{field: None}) == shape()


def test_a_null_list_is_empty_although_the_field_is_required():
    assert decode(b'{"list": null}', LISTED, "the list").rows == []


@pytest.mark.parametrize("number", ["18342.0", '"18342"', '" 18342 "', "1.8342e4"])
def test_a_whole_number_is_read_in_any_notation(number):
    assert decode(b'{"number": %b}' % number.encode(), SHAPE, "the report").number == 18342


def test_a_number_keeps_every_digit():
    assert decode(b'{"number": 9007199254740993.0}', SHAPE, "the report").number == 9_007_199_254_740_993
    assert shape(number="1", amount="214870000.5").amount == Decimal("214870000.5")


def test_a_number_stands_for_the_text_of_its_digits():
    assert shape(number="1", text=1790000000000001).text == "1790000000000001"


@pytest.mark.parametrize(
    ("field", "value"), [("number", 1.5), ("number", "1e999999999"), ("text", {}), ("items", {}), ("inner", [])]
)
def test_another_type_is_an_error_that_names_the_field_without_its_value(field, value):
    with pytest.raises(ContractError, match=rf"\$\.{field}") as caught:
        shape(**{field: value})
    assert "999" not in str(caught.value)


@pytest.mark.parametrize(("body", "words"), [(b"{}", "`number`"), (b'{"number": null}', r"\$\.number")])
def test_a_required_field_may_be_neither_missing_nor_null(body, words):
    with pytest.raises(ContractError, match=words):
        decode(body, SHAPE, "the report")


def test_raw_parts_stay_as_they_arrived():
    body = b'{"number": "1", "raw": {"x": 1.50,  "y": null}}'
    assert bytes(decode(body, SHAPE, "the report").raw) == b'{"x": 1.50,  "y": null}'


def test_of_an_error_or_a_header_the_readable_part_is_used():
    body = b'{"number": 7, "text": [1], "items": [1, null, "x", 2], "names": {"a": null, "b": 2}, "inner": 5}'
    read = decode_or_none(body, SHAPE)
    assert (read.number, read.text, read.items, read.names, read.inner) == (7, "none", [1, 2], {"b": 2}, Inner())
    assert decode_or_none(b'{"number": [7], "text": "x"}', SHAPE) is None


NUMBERS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(Shape.__struct_fields__), JSON)
def test_any_value_in_any_place_is_read_or_a_contract_error(field, value):
    body = json.dumps({"number": 1, field: value}).encode()
    with suppress(ContractError):
        assert isinstance(decode(body, SHAPE, "the report"), Shape)
    assert isinstance(decode_or_none(body, SHAPE), Shape | None)


@pytest.mark.parametrize("body", [b'{"number": "1", "text": Infinity}', b'{"number": null, "text": "'])
def test_malformed_json_after_a_lenient_value_is_a_temporary_error(body):
    with pytest.raises(TemporaryError, match="invalid or truncated JSON"):
        decode(body, SHAPE, "the report")


def test_what_is_read_exactly_needs_no_second_attempt():
    assert lenient.read(b'{"number": 1}', Shape) == shape()
    with pytest.raises(TemporaryError):
        decode(b'{"number": ', SHAPE, "the report")
