"""What every source owes, whatever its platform is like: its records, once and in full, however they are paged.

The suite goes on in test_contract_errors, test_contract_fields and test_contract_sync.
"""

from __future__ import annotations

import importlib
import json
from itertools import count

import httpx
import pytest

import contracts
import sandbox_fixtures
from adsync import registry
from adsync.errors import ContractError
from adsync.sources.base import DailyStream
from contracts import LISTINGS, SOURCES, STREAMS, known_keys
from contracts.reading import Noting, pages, records, sandbox
from sandbox_fixtures import answering, in_memory, world

stream_of_every_source = pytest.mark.parametrize(("source", "stream"), STREAMS)
listing_of_every_source = pytest.mark.parametrize(("source", "stream"), LISTINGS)
every_source = pytest.mark.parametrize("source", SOURCES)


def listed(source, stream):
    return contracts.of(source).lists[stream]


def keys_of(read):
    return [record.key for page in read for record in page]


def noting(source, stream, size, monkeypatch):
    """The sandbox with pages of that size."""
    declared = listed(source, stream)
    if not declared.sized(size):
        monkeypatch.setattr(importlib.import_module(declared.page), "PAGE_SIZE", size)
    return Noting(sandbox(source, stream, short_first_pages=False, **declared.sized(size)))


@every_source
def test_the_suite_knows_every_stream(source):
    declared = [stream.name for stream in registry.load(source).streams]
    assert declared == [contracts.of(source).first, *contracts.of(source).lists]


@stream_of_every_source
async def test_every_record_is_yielded_exactly_once(source, stream):
    keys = keys_of(await pages(source, stream, sandbox(source, stream)))
    assert len(keys) == len(set(keys))
    assert set(keys) == known_keys(source, stream)


@listing_of_every_source
async def test_the_size_of_a_page_changes_no_record(monkeypatch, source, stream):
    declared, calls = listed(source, stream), []
    for size in declared.sizes:
        transport = noting(source, stream, size, monkeypatch)
        read = await pages(source, stream, transport)
        assert sorted(keys_of(read)) == sorted(known_keys(source, stream))
        assert declared.held or all(len(page) <= size * declared.each for page in read)
        calls.append(transport.times(declared.asks or declared.path))
    assert calls == sorted(calls, reverse=True)
    assert calls[0] > calls[-1]


@listing_of_every_source
async def test_a_last_page_that_is_full_ends_the_listing(monkeypatch, source, stream):
    declared, keys = listed(source, stream), known_keys(source, stream)
    transport = noting(source, stream, declared.counts(keys), monkeypatch)
    assert sorted(keys_of(await pages(source, stream, transport))) == sorted(keys)
    assert transport.times(declared.asks or declared.path) == declared.full


@stream_of_every_source
async def test_a_payload_is_a_json_object(source, stream):
    for record in await records(source, stream, sandbox(source, stream)):
        assert isinstance(json.loads(bytes(record.payload)), dict)


@listing_of_every_source
async def test_a_record_has_a_day_exactly_when_its_stream_is_daily(source, stream):
    daily = isinstance(registry.load(source).stream(stream), DailyStream)
    for record in await records(source, stream, sandbox(source, stream)):
        assert (str(record.day) == record.key.rpartition(":")[2]) if daily else record.day is None


EMPTY = [(*each, body) for each in LISTINGS for body in listed(*each).empty]


@pytest.mark.parametrize(("source", "stream", "body"), EMPTY)
async def test_an_empty_response_is_no_record_and_no_error(source, stream, body):
    transport = Noting(answering(lambda _: httpx.Response(200, json=body)))
    assert await records(source, stream, transport) == []
    assert len(transport.asked) == listed(source, stream).lists


@pytest.mark.parametrize(("source", "stream"), [each for each in LISTINGS if listed(*each).middle])
async def test_an_empty_page_in_the_middle_is_not_the_end(source, stream):
    declared, last = listed(source, stream), 3
    transport = Noting(answering(lambda _: httpx.Response(200, json=declared.middle(number(), last))))

    def number():
        return (len(transport.asked) - 1) % last + 1

    assert await records(source, stream, transport) == []
    assert len(transport.asked) == last * declared.lists


@listing_of_every_source
async def test_a_repeated_page_is_an_error(source, stream):
    circle, calls = listed(source, stream).circle, count()

    def answers(_request):
        body = circle.body(next(calls)) if callable(circle.body) else circle.body
        return httpx.Response(200, json=body)

    with pytest.raises(circle.error, match=circle.words):
        await records(source, stream, answering(answers))


@listing_of_every_source
async def test_a_page_without_the_next_cursor_is_an_error(source, stream):
    with pytest.raises(ContractError):
        await records(source, stream, answering(lambda _: httpx.Response(200, json=listed(source, stream).lost)))


@every_source
async def test_the_first_stream_has_name_currency_and_time_zone(source):
    owner = next(one for one in (*world().ad_accounts, *world().stores) if one.id == sandbox_fixtures.ACCOUNT[source])
    (record,) = await records(source, contracts.of(source).first, in_memory())
    assert registry.load(source).account_info(record.payload) == (owner.name, owner.currency, owner.timezone)


@pytest.mark.parametrize("source", [source for source in SOURCES if registry.load(source).kind == "store"])
async def test_a_store_counts_its_orders_in_one_call_per_list(source):
    stream = registry.load(source).streams[-1]
    declared, asked = listed(source, stream.name), sandbox_fixtures.recent(source, 15)
    who, transport = sandbox_fixtures.account(source), Noting(sandbox(source, stream.name))
    async with sandbox_fixtures.connected(who, transport) as client:
        counted = await stream.count(client, who, asked)
    assert counted.records == len(declared.counted(declared.world(), who, asked)) > 0
    # WooCommerce has a list of its own for the trash.
    assert len(transport.asked) == (2 if source == "woocommerce" else 1)
