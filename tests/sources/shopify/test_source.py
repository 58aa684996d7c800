"""What is particular about Shopify."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx
import pytest

import sandbox_fixtures
from adsync.api.client import MAX_WAIT
from adsync.errors import (
    AdsyncError,
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    TooMuchData,
)
from adsync.models import ApiResponse
from adsync.ranges import TimeRange
from adsync.sources.common.pii import hash_customer
from adsync.sources.shopify import source
from adsync.sources.shopify.access_warnings import notes
from adsync.sources.shopify.errors import check
from adsync.sources.shopify.orders import is_unfinished
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from adsync_sandbox.server.leaky_bucket import Limits
from sandbox_fixtures import CUSTOMER_KEY, NOW, Pauses, answering, in_memory, recent, records, world


def failure(body, status=200, headers=None):
    with pytest.raises(AdsyncError) as caught:
        check(ApiResponse(status, httpx.Headers(headers or {}), json.dumps(body).encode()))
    return caught.value


def throttled(requested, available, restore):
    cost = {
        "requestedQueryCost": requested,
        "actualQueryCost": None,
        "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": available, "restoreRate": restore},
    }
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    return {"errors": errors, "extensions": {"cost": cost}}


def updates(span):
    orders = world().store_orders(sandbox_fixtures.SHOPIFY)
    return {one.id for one in orders if span.since <= one.payment.updated_at < span.until}


async def test_a_range_includes_its_start_and_excludes_its_end():
    moments = sorted(one.payment.updated_at for one in world().store_orders(sandbox_fixtures.SHOPIFY))
    span = TimeRange(moments[10], moments[20])
    assert {record.key for record in await records("shopify", "orders", in_memory(), asked=span)} == updates(span)
    assert len(updates(span)) == 10


async def test_the_filter_quotes_full_utc_instants_and_sorts_by_update():
    asked = []

    def answers(request):
        asked.append(json.loads(request.content))
        page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        return httpx.Response(200, json={"data": {"orders": page}})

    span = TimeRange(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC))
    await records("shopify", "orders", answering(answers), asked=span)
    wanted = "updated_at:>='2026-11-01T00:00:00Z' AND updated_at:<'2026-11-02T03:04:05Z'"
    assert asked[0]["variables"]["filter"] == wanted
    assert "sortKey: UPDATED_AT" in asked[0]["query"]


async def test_an_ignored_filter_is_an_error():
    """A misspelt filter returns the whole shop instead of an error."""

    async def careless(request):
        body = json.loads(request.content)
        body["variables"]["filter"] = "updatd_at:>='2026-11-01T00:00:00Z'"
        inner = httpx.Request("POST", request.url, headers=request.headers.multi_items()[:-2], json=body)
        inner.headers["x-shopify-access-token"] = request.headers["x-shopify-access-token"]
        return await in_memory().handle_async_request(inner)

    with pytest.raises(ContractError, match="ignored the filter"):
        await records("shopify", "orders", httpx.MockTransport(careless), asked=recent("shopify", 5))


@pytest.mark.parametrize(
    ("requested", "available", "restore", "seconds"),
    [(500, 100, 100, 4), (500, 0, 50, 10), (100, 99, 100, 1), (100, 200, 100, 1)],
)
def test_the_wait_is_the_missing_points_divided_by_the_refill_rate(requested, available, restore, seconds):
    error = failure(throttled(requested, available, restore))
    assert (type(error), error.retry_after) == (RateLimited, seconds)


@pytest.mark.parametrize("extensions", [{}, {"cost": None}, {"cost": {"throttleStatus": None}}])
def test_a_throttle_without_numbers_does_not_invent_a_wait(extensions):
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    assert failure({"errors": errors, "extensions": extensions}).retry_after is None


def test_a_bucket_that_never_refills_does_not_divide_by_zero():
    assert failure(throttled(500, 100, 0)).retry_after is None


async def test_a_query_that_costs_too_much_is_repeated_for_fewer_orders():
    sizes = []

    async def note(request):
        sizes.append(json.loads(await request.aread())["variables"].get("first", 0))
        return await small.handle_async_request(request)

    small = in_memory(behavior=Behavior(shopify_limits=Limits(max_cost=400)))
    span = recent("shopify")
    read = await records("shopify", "orders", httpx.MockTransport(note), asked=span)
    assert {record.key for record in read} == updates(span)
    assert sizes[0] == source.FIRST_PAGE
    assert sizes[1:4] == [30, 15, 15]


async def test_a_throttled_query_waits_and_is_retried():
    pause, span = Pauses(), recent("shopify")
    transport = in_memory(Fault("shopify", "rate_limited", wait=4, calls=(2,)))
    assert {record.key for record in await records("shopify", "orders", transport, asked=span, pause=pause)} == updates(
        span
    )
    assert pause == [4]


def test_data_with_errors_is_a_failure():
    body = {"data": {"orders": {"nodes": []}}, "errors": [{"message": "half", "extensions": {"code": "TIMEOUT"}}]}
    assert type(failure(body)) is TemporaryError


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("THROTTLED", RateLimited),
        ("MAX_COST_EXCEEDED", TooMuchData),
        ("INTERNAL_SERVER_ERROR", TemporaryError),
        ("TIMEOUT", TemporaryError),
        ("ACCESS_DENIED", ReauthRequired),
        ("SHOP_INACTIVE", ReauthRequired),
        ("undefinedField", PermanentError),
    ],
)
def test_a_code_inside_a_200_is_an_error(code, meaning):
    assert type(failure({"errors": [{"message": "x", "extensions": {"code": code}}]})) is meaning


def test_an_error_without_a_code_is_permanent():
    assert type(failure({"errors": [{"message": "syntax error"}]})) is PermanentError


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (401, TokenExpired),
        (402, ReauthRequired),
        (403, ReauthRequired),
        (404, PermanentError),
        (423, TemporaryError),
        (429, RateLimited),
        (430, RateLimited),
        (500, TemporaryError),
        (503, TemporaryError),
    ],
)
def test_an_error_status_names_the_remedy(status, meaning):
    assert type(failure({"errors": "text"}, status=status)) is meaning


def test_a_body_whose_errors_are_one_text_is_an_error():
    assert isinstance(failure({"errors": "Not Found"}), ContractError)


async def test_an_unknown_shop_is_a_permanent_error():
    who = sandbox_fixtures.account("shopify")
    known = sandbox_fixtures.credentials(who.conn_id)
    elsewhere = type(known)(
        known.conn_id, f"{sandbox_fixtures.BASE}/shopify/nobody.myshopify.com", password=known.password
    )
    async with sandbox_fixtures.connected(who, in_memory(), known=elsewhere) as client:
        with pytest.raises(PermanentError, match="HTTP 404"):
            [page async for page in source.stores(client, who)]


async def test_a_customer_becomes_a_hash_with_the_workspace_s_key():
    known = {one.id: one.customer for one in world().store_orders(sandbox_fixtures.SHOPIFY)}
    read = await records("shopify", "orders", in_memory())
    for record in read:
        customer, stored = known[record.key], json.loads(bytes(record.payload))["customer"]
        assert stored == (None if customer is None else {"id": hash_customer(customer, CUSTOMER_KEY)})
    assert hash_customer("one", CUSTOMER_KEY) != hash_customer("one", b"x" * 32)


async def test_no_payload_contains_personal_data():
    read = await records("shopify", "orders", in_memory(), asked=recent("shopify", sandbox_fixtures.DAYS))
    text = b"".join(bytes(record.payload) for record in read)
    for personal in (b"buyer@example.com", b"A Buyer", b"gid://shopify/Customer/", b"email", b"variant="):
        assert personal not in text


async def test_the_campaign_parameters_of_a_link_are_kept():
    read = await records("shopify", "orders", in_memory())
    text = b"".join(bytes(record.payload) for record in read)
    for tag in (b"utm_campaign=", b"utm_source=", b"fbclid=", b"ttclid="):
        assert tag in text


def test_the_store_s_own_address_is_the_default():
    known = sandbox_fixtures.credentials("shopify_acme")
    bare = type(known)(known.conn_id, password=known.password)
    assert source.base_url(bare, "acme.myshopify.com") == "https://acme.myshopify.com/admin/api/2026-10/"


async def test_the_store_s_record_contains_scopes_and_version():
    """Scopes and version show what is missing of the store."""
    [store] = await records("shopify", "stores", in_memory())
    kept = json.loads(bytes(store.payload))
    assert kept["accessScopes"] == ["read_all_orders", "read_orders"]
    assert kept["apiVersion"] == {"asked": "2026-10", "answered": "2026-10"}
    assert notes(store.payload) == ()


async def test_an_unexpected_api_version_is_a_note():
    who = sandbox_fixtures.account("shopify")
    known = sandbox_fixtures.credentials(who.conn_id)
    old = replace(known, extra={**known.extra, "api_version": "2024-01"})
    async with sandbox_fixtures.connected(who, in_memory(), known=old) as client:
        [[store]] = [page async for page in source.stores(client, who)]
    [note] = notes(store.payload)
    assert "used API version 2025-10 instead of 2024-01" in note


async def test_an_app_without_read_orders_requires_reauthorization():
    shop = {"id": "1", "name": "A", "ianaTimezone": "UTC", "currencyCode": "SAR"}
    body = {"data": {"shop": shop, "currentAppInstallation": {"accessScopes": [{"handle": "read_products"}]}}}
    with pytest.raises(ReauthRequired, match="missing scope read_orders"):
        await records("shopify", "stores", answering(lambda _: httpx.Response(200, json=body)))


# Fewest calls


def every_update(of):
    return TimeRange(NOW - timedelta(days=of.days + 1), NOW + timedelta(seconds=1))


async def read_with_calls(transport, span):
    who = sandbox_fixtures.account("shopify")
    async with sandbox_fixtures.connected(who, transport) as client:
        pages = [page async for page in source.orders(client, who, span, sandbox_fixtures.nothing_stored)]
        return [record for page in pages for record in page], client.stats.calls


@cache
def large_world():
    return World.create(1, NOW, days=60, orders=60)


async def test_ten_thousand_changed_orders_take_at_most_210_calls():
    large = large_world()
    read, calls = await read_with_calls(httpx.ASGITransport(create_app(large)), every_update(large))
    assert len(read) == len(large.store_orders(sandbox_fixtures.SHOPIFY)) > 3000
    assert calls / len(read) <= 210 / 10_000


async def test_every_visit_is_stored_though_only_long_journeys_are_requested():
    large = large_world()
    read, _ = await read_with_calls(httpx.ASGITransport(create_app(large)), every_update(large))
    known = {one.id: one.journey for one in large.store_orders(sandbox_fixtures.SHOPIFY)}
    lengths = set()
    for record in read:
        visits, stored = known[record.key].visits, json.loads(bytes(record.payload))["customerJourneySummary"]
        if visits is None:
            assert stored is None or stored["moments"] is None
            continue
        assert [one["id"] for one in stored["moments"]["nodes"]] == list(dict.fromkeys(one.id for one in visits))
        assert all(set(one) == set(stored["firstVisit"]) for one in stored["moments"]["nodes"])
        lengths.add(len(visits))
    assert {1, 2} < lengths
    assert max(lengths) > 10


@pytest.mark.parametrize(("restore", "largest"), [(100, 33), (200, 60), (1000, 60)])
async def test_no_query_costs_more_than_the_plan_refills_while_a_worker_may_wait(restore, largest):
    large, sizes = large_world(), []
    app = httpx.ASGITransport(create_app(large, behavior=Behavior(shopify_limits=Limits(10**6, restore))))

    async def note(request):
        sizes.append(json.loads(await request.aread())["variables"].get("first", 0))
        answer = await app.handle_async_request(request)
        cost = json.loads(await answer.aread())["extensions"]["cost"]
        assert cost["requestedQueryCost"] <= min(1000, restore * MAX_WAIT)
        return answer

    await read_with_calls(httpx.MockTransport(note), every_update(large))
    assert max(sizes) == largest


# The quirks of the sheet, section 8; those that need state are in test_sync.py.


async def test_quirk_2_null_journeys_are_normal():
    read = await records("shopify", "orders", in_memory(), asked=recent("shopify", sandbox_fixtures.DAYS))
    without = [record for record in read if json.loads(bytes(record.payload))["customerJourneySummary"] is None]
    assert without
    later = NOW + timedelta(days=3)
    assert not [record for record in without if is_unfinished(record, later)]
    fresh = datetime.fromisoformat(json.loads(bytes(without[0].payload))["createdAt"]) + timedelta(hours=1)
    assert is_unfinished(without[0], fresh)


async def test_quirk_5_orders_of_every_status_are_read_and_rest_is_never_called():
    asked = []

    async def note(request):
        asked.append((request.method, request.url.path.rpartition("/")[2], await request.aread()))
        return await in_memory().handle_async_request(request)

    read = await records("shopify", "orders", httpx.MockTransport(note), asked=recent("shopify", sandbox_fixtures.DAYS))
    assert {each[:2] for each in asked} == {("POST", "graphql.json")}
    assert not [body for *_, body in asked if b"status:" in body]
    assert [record for record in read if json.loads(bytes(record.payload))["cancelledAt"]]


async def test_quirk_7_an_order_that_moves_during_a_read_ends_the_read_of_its_range_only():
    """The upper end of a span is the moment of the run: what moves past it belongs to the next run."""
    span = TimeRange(NOW - timedelta(days=30), NOW - timedelta(days=1))
    assert {record.key for record in await records("shopify", "orders", in_memory(), asked=span)} == updates(span)


async def test_quirk_8_money_is_the_shop_s_and_a_total_does_not_shrink_with_a_refund():
    known = {one.id: one for one in world().store_orders(sandbox_fixtures.SHOPIFY)}
    refunded = 0
    for record in await records("shopify", "orders", in_memory(), asked=recent("shopify", sandbox_fixtures.DAYS)):
        order, stored = known[record.key], json.loads(bytes(record.payload))
        assert stored["totalPriceSet"]["shopMoney"] == {"amount": cents(order.total), "currencyCode": "SAR"}
        assert stored["totalRefundedSet"]["shopMoney"]["amount"] == cents(order.payment.refunded)
        assert b"presentment" not in bytes(record.payload)
        refunded += order.payment.refunded > 0
    assert refunded


def cents(whole):
    return f"{whole // 100}.{whole % 100:02d}"


async def test_quirk_9_a_page_that_times_out_is_requested_smaller():
    sizes = []

    async def tired(request):
        size = json.loads(await request.aread())["variables"].get("first", 0)
        sizes.append(size)
        if size > 20:
            raise httpx.ReadTimeout("too wide", request=request)
        return await in_memory().handle_async_request(request)

    span = recent("shopify")
    read = await records("shopify", "orders", httpx.MockTransport(tired), asked=span)
    assert {record.key for record in read} == updates(span)
    assert sizes[:3] == [33, 30, 15]


async def test_visits_that_cost_too_much_for_one_call_are_requested_in_two():
    large = large_world()
    app, asked = httpx.ASGITransport(create_app(large)), []

    async def dear(request):
        body = json.loads(await request.aread())["variables"]
        if "most" in body:
            asked.append(len(body["ids"]))
            if len(body["ids"]) > 20:
                errors = [{"message": "dear", "extensions": {"code": "MAX_COST_EXCEEDED"}}]
                return httpx.Response(200, json={"errors": errors})
        return await app.handle_async_request(request)

    read, _ = await read_with_calls(httpx.MockTransport(dear), every_update(large))
    assert len(read) == len({record.key for record in read}) == len(large.store_orders(sandbox_fixtures.SHOPIFY))
    assert max(asked) > 20


async def test_an_order_deleted_before_its_visits_are_read_keeps_first_and_last():
    large = large_world()
    app = httpx.ASGITransport(create_app(large))

    async def gone(request):
        body = json.loads(await request.aread())["variables"]
        if "most" in body:
            return httpx.Response(200, json={"data": {"nodes": [None for _ in body["ids"]]}})
        return await app.handle_async_request(request)

    read, _ = await read_with_calls(httpx.MockTransport(gone), every_update(large))
    long = {one.id for one in large.store_orders(sandbox_fixtures.SHOPIFY) if len(one.journey.visits or ()) > 2}
    for record in read:
        if record.key in long:
            journey = json.loads(bytes(record.payload))["customerJourneySummary"]
            assert journey["moments"]["nodes"] == [journey["firstVisit"], journey["lastVisit"]]


async def test_quirk_10_a_denied_field_requires_reauthorization():
    with pytest.raises(ReauthRequired, match="ACCESS_DENIED"):
        await records("shopify", "orders", in_memory(Fault("shopify", "permission_denied")))
