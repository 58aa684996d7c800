"""What is particular about Shopify."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

import sandboxed
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
from adsync.sandbox.app import Manners
from adsync.sandbox.faults import Fault
from adsync.sandbox.shopify_cost import Limits
from adsync.sources import shopify
from adsync.sources.personal import hashed
from adsync.sources.shopify_errors import check
from adsync.transport import Answer
from adsync.window import Span
from sandboxed import CUSTOMER_KEY, NOW, Pauses, answering, in_memory, recent, records, world


def failure(body, status=200, headers=None):
    with pytest.raises(AdsyncError) as caught:
        check(Answer(status, httpx.Headers(headers or {}), json.dumps(body).encode()))
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
    orders = world().store_orders(sandboxed.SHOPIFY)
    return {one.id for one in orders if span.since <= one.payment.updated_at < span.until}


async def test_a_span_holds_its_first_instant_and_not_its_last():
    moments = sorted(one.payment.updated_at for one in world().store_orders(sandboxed.SHOPIFY))
    span = Span(moments[10], moments[20])
    assert {record.key for record in await records("shopify", "orders", in_memory(), asked=span)} == updates(span)
    assert len(updates(span)) == 10


async def test_the_filter_quotes_full_utc_instants_and_sorts_by_update():
    asked = []

    def answers(request):
        asked.append(json.loads(request.content))
        page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        return httpx.Response(200, json={"data": {"orders": page}})

    span = Span(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC))
    await records("shopify", "orders", answering(answers), asked=span)
    wanted = "updated_at:>='2026-11-01T00:00:00Z' AND updated_at:<'2026-11-02T03:04:05Z'"
    assert asked[0]["variables"]["filter"] == wanted
    assert "sortKey: UPDATED_AT" in asked[0]["query"]


async def test_an_ignored_filter_is_noticed():
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
def test_the_wait_is_what_the_bucket_lacks_by_its_refill(requested, available, restore, seconds):
    error = failure(throttled(requested, available, restore))
    assert (type(error), error.retry_after) == (RateLimited, seconds)


@pytest.mark.parametrize("extensions", [{}, {"cost": None}, {"cost": {"throttleStatus": None}}])
def test_a_throttle_without_numbers_does_not_invent_a_wait(extensions):
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    assert failure({"errors": errors, "extensions": extensions}).retry_after is None


def test_a_bucket_that_never_refills_does_not_divide_by_zero():
    assert failure(throttled(500, 100, 0)).retry_after is None


async def test_a_query_that_costs_too_much_is_asked_for_fewer_orders():
    sizes = []

    async def note(request):
        sizes.append(json.loads(await request.aread())["variables"]["first"])
        return await small.handle_async_request(request)

    small = in_memory(manners=Manners(shopify_limits=Limits(max_cost=400)))
    span = recent("shopify")
    read = await records("shopify", "orders", httpx.MockTransport(note), asked=span)
    assert {record.key for record in read} == updates(span)
    assert sizes[0] == shopify.PAGE_SIZE
    assert sizes[-1] < shopify.PAGE_SIZE
    assert sizes == sorted(sizes, reverse=True)


async def test_a_throttled_query_waits_and_is_asked_again():
    pause, span = Pauses(), recent("shopify")
    transport = in_memory(Fault("shopify", "rate_limited", wait=4, calls=(2,)))
    assert {record.key for record in await records("shopify", "orders", transport, asked=span, pause=pause)} == updates(
        span
    )
    assert pause == [4]


def test_data_beside_errors_is_a_failure():
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
def test_a_status_says_what_to_do(status, meaning):
    assert type(failure({"errors": "text"}, status=status)) is meaning


def test_a_body_whose_errors_are_one_text_is_an_error():
    assert isinstance(failure({"errors": "Not Found"}), ContractError)


async def test_a_shop_that_is_not_there_is_a_permanent_error():
    who = sandboxed.account("shopify")
    known = sandboxed.credentials(who.conn_id)
    elsewhere = type(known)(known.conn_id, f"{sandboxed.BASE}/shopify/nobody.myshopify.com", password=known.password)
    async with sandboxed.connected(who, in_memory(), known=elsewhere) as client:
        with pytest.raises(PermanentError, match="HTTP 404"):
            [page async for page in shopify.stores(client, who)]


async def test_a_customer_becomes_a_hash_that_only_the_workspace_can_make():
    known = {one.id: one.customer for one in world().store_orders(sandboxed.SHOPIFY)}
    read = await records("shopify", "orders", in_memory())
    for record in read:
        customer, stored = known[record.key], json.loads(bytes(record.payload))["customer"]
        assert stored == (None if customer is None else {"id": hashed(customer, CUSTOMER_KEY)})
    assert hashed("one", CUSTOMER_KEY) != hashed("one", b"x" * 32)


async def test_nothing_that_names_a_person_is_in_a_payload():
    read = await records("shopify", "orders", in_memory(), asked=recent("shopify", sandboxed.DAYS))
    text = b"".join(bytes(record.payload) for record in read)
    for personal in (b"buyer@example.com", b"A Buyer", b"gid://shopify/Customer/", b"email", b"variant="):
        assert personal not in text


async def test_the_tags_of_a_link_are_kept():
    read = await records("shopify", "orders", in_memory())
    text = b"".join(bytes(record.payload) for record in read)
    for tag in (b"utm_campaign=", b"utm_source=", b"fbclid=", b"ttclid="):
        assert tag in text


def test_the_store_s_own_address_is_the_default():
    known = sandboxed.credentials("shopify_acme")
    bare = type(known)(known.conn_id, password=known.password)
    assert shopify.base_url(bare, "acme.myshopify.com") == "https://acme.myshopify.com/admin/api/2026-10/"


async def test_an_order_that_moves_while_pages_are_read_ends_the_read_of_its_span_only():
    """The upper end of a span is the moment of the run: what moves past it belongs to the next run."""
    span = Span(NOW - timedelta(days=30), NOW - timedelta(days=1))
    assert {record.key for record in await records("shopify", "orders", in_memory(), asked=span)} == updates(span)
