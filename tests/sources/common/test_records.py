"""One record of a page that cannot be read, and the others."""

import msgspec
import pytest

from adsync.errors import ContractError, RateLimited
from adsync.models import RejectedRecord
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, build_page, built, rejects


class Order(msgspec.Struct):
    id: int
    total: str


ORDER = msgspec.json.Decoder(Order)
SHAPE = RecordShape("shop order", key=("id",), shown=("total", "customer"))
GOOD = b'{"id": 7, "total": "1.00"}'


def build(item):
    return decode(item, ORDER, "shop order").id


def only(item, builder=build, shape=SHAPE):
    [rejected] = rejects(build_page([GOOD, item], builder, shape))
    return rejected


def test_a_bad_record_is_rejected_by_its_key_and_the_others_are_built():
    page = build_page([GOOD, b'{"id": 8, "total": null, "customer": {"name": "Layla"}}', GOOD], build, SHAPE)
    assert built(page) == [7, 7]
    assert rejects(page) == [
        RejectedRecord(
            "8",
            "shop order: response differs from its documentation: Expected `str`, got `null` - at `$.total`",
            "id: 8, total: null, customer: {...}",
        )
    ]


@pytest.mark.parametrize(
    "item", [b"null", b"[]", b'"text"', b"1", b'{"id": true}', b'{"id": {"a": 1}}', b'{"id": "\xff']
)
def test_a_record_without_a_readable_key_is_rejected_without_one(item):
    assert only(item).key == ""


@pytest.mark.parametrize("error", [KeyError("total"), ValueError("Layla"), TypeError("Layla"), OverflowError("Layla")])
def test_whatever_reading_a_value_raises_rejects_the_record_and_repeats_no_value(error):
    def fails(item):
        if item is not GOOD:
            raise error
        return 7

    rejected = only(b'{"id": 9}', fails)
    assert rejected.key == "9"
    assert "Layla" not in rejected.reason


def test_an_error_of_the_platform_is_not_about_the_record():
    def fails(_):
        raise RateLimited("wait")

    with pytest.raises(RateLimited):
        build_page([GOOD], fails, SHAPE)


def test_a_page_whose_records_all_fail_in_the_same_way_is_a_contract_error():
    with pytest.raises(ContractError, match=r"Expected `str`, got `null`.*in each of 2 records"):
        build_page([b'{"id": 1, "total": null}', b'{"id": 2, "total": null}'], build, SHAPE)


def test_records_that_fail_in_different_ways_are_rejected():
    page = build_page([b'{"id": 1, "total": null}', b'{"id": 2}'], build, SHAPE)
    assert [each.key for each in page] == ["1", "2"]


def test_the_only_record_of_a_page_is_rejected():
    assert [each.key for each in build_page([b'{"id": 1}'], build, SHAPE)] == ["1"]


def test_a_key_of_several_parts_is_joined_and_an_excerpt_is_short():
    shape = RecordShape("report row", key=("dimensions.campaign", "dimensions.day"), shown=("metrics.spend",))
    item = b'{"dimensions": {"campaign": "c", "day": "2026-11-20"}, "metrics": {"spend": "%s"}}' % (b"9" * 900)
    rejected = only(item, shape=shape)
    assert rejected.key == "c:2026-11-20"
    assert len(rejected.excerpt) < 200
