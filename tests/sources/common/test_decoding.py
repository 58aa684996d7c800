from datetime import date
from decimal import Decimal

import msgspec
import pytest

from adsync.errors import ContractError, TemporaryError
from adsync.sources.common.decoding import day, decode, decode_or_none, finite


class Shape(msgspec.Struct):
    number: int


SHAPE = msgspec.json.Decoder(Shape)


def test_a_missing_field_is_named():
    with pytest.raises(ContractError, match=r"the report: .*`number`"):
        decode(b"{}", SHAPE, "the report")


def test_a_field_of_another_type_is_named_without_its_value():
    with pytest.raises(ContractError, match=r"Expected `int`, got `str` - at `\$\.number`") as caught:
        decode(b'{"number": "hidden"}', SHAPE, "the report")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b'{"number": ', b"<html>", b'{"number": 1} x'])
def test_truncated_json_is_a_temporary_error(body):
    with pytest.raises(TemporaryError, match="the report: invalid or truncated JSON in the response"):
        decode(body, SHAPE, "the report")


def test_an_undocumented_error_body_is_not_decoded():
    assert decode_or_none(b'{"number": 1, "more": 2}', SHAPE) == Shape(1)
    assert [decode_or_none(body, SHAPE) for body in (b"{}", b"", b"<html>", b'{"number": "\xff"}')] == [None] * 4


@pytest.mark.parametrize("text", ["2026-11-22", "2026-11-22 00:00:00", "2026-11-22T23:59:59+0300"])
def test_a_day_is_never_shifted(text):
    assert day(text, "x") == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["", "-", "22.11.2026", "2026-13-01"])
def test_an_invalid_day_is_named(text):
    with pytest.raises(ContractError, match=r"date_start: invalid date "):
        day(text, "date_start")


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+400", "1E+999999"])
def test_an_amount_that_cannot_be_added_up_is_none(text):
    assert finite(Decimal(text)) == 0
    assert finite(Decimal("-1234.50")) == Decimal("-1234.50")
