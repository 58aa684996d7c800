"""Every source with more or fewer fields than documented, and the fields it may store."""

from __future__ import annotations

import pytest

import contracts
from adsync import registry
from adsync.errors import ContractError
from contracts import LISTINGS, SOURCES, STREAMS, known_keys
from contracts.reading import Without, fault, records, sandbox
from sandbox_fixtures import in_memory

listing_of_every_source = pytest.mark.parametrize(("source", "stream"), LISTINGS)
NEW = b'"brand_new":"something new"'
NEEDED = [(*each, field) for each in LISTINGS for field in contracts.of(each[0]).lists[each[1]].needed]
FACTS = [(source, field) for source in SOURCES for field in contracts.of(source).facts]


def bare(payload):
    """Without the spaces that some platforms write between things."""
    return bytes(payload).replace(b": ", b":")


@listing_of_every_source
async def test_an_unknown_field_is_stored_with_whole_records_and_breaks_nothing(source, stream):
    new = fault(source, stream, "added_field", field="brand_new")
    read = await records(source, stream, sandbox(source, stream, new))
    assert {record.key for record in read} == known_keys(source, stream)
    keeps = contracts.of(source).lists[stream].keeps_unknown
    assert {NEW in bare(record.payload) for record in read} == {keeps}


@pytest.mark.parametrize(("source", "stream", "field"), NEEDED)
async def test_a_field_that_went_missing_is_named(source, stream, field):
    gone = fault(source, stream, "missing_field", field=field)
    with pytest.raises(ContractError, match=field):
        await records(source, stream, sandbox(source, stream, gone))


@pytest.mark.parametrize(("source", "field"), FACTS)
async def test_an_account_without_time_zone_or_currency_is_an_error(source, field):
    async def facts():
        (record,) = await records(source, contracts.of(source).first, Without(in_memory(), field))
        return registry.load(source).account_info(record.payload)

    with pytest.raises(ContractError, match=field):
        await facts()


@pytest.mark.parametrize(("source", "stream"), STREAMS)
async def test_no_personal_data_is_in_a_record(source, stream):
    kept = b"".join(bytes(record.payload) for record in await records(source, stream, sandbox(source, stream)))
    text = kept.decode("utf-8") + kept.decode("unicode_escape", errors="replace")
    assert kept
    assert not [word for word in contracts.of(source).personal if word in text]
