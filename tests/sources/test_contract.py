"""What every source owes, whatever its platform is like."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass

import httpx
import pytest

import sandboxed
from adsync import registry
from adsync.errors import (
    AdsyncError,
    ContractError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    TooMuchData,
)
from adsync.sandbox.app import Manners
from adsync.sandbox.faults import Fault
from adsync.sandbox.shopify_cost import Limits
from sandboxed import Pauses, answering, in_memory, pages, recent, records, world

PATHS = {
    ("meta", "accounts"): "v26.0/act_901234567891",
    ("meta", "campaigns"): "/campaigns",
    ("meta", "campaign_metrics"): "/insights",
    ("tiktok", "accounts"): "advertiser/info",
    ("tiktok", "campaigns"): "campaign/get",
    ("tiktok", "campaign_metrics"): "report/integrated",
    ("shopify", "stores"): "graphql",
    ("shopify", "orders"): "graphql",
}
EVERY_STREAM = list(PATHS)
LISTINGS = [each for each in EVERY_STREAM if each[1] not in {"accounts", "stores"}]
LONGEST = [("meta", "campaign_metrics"), ("tiktok", "campaign_metrics"), ("shopify", "orders")]
PAGED = {
    "meta": "adsync.sources.meta_listing",
    "tiktok": "adsync.sources.tiktok_calls",
    "shopify": "adsync.sources.shopify",
}
SOURCES = ["meta", "tiktok", "shopify"]

stream_of_every_source = pytest.mark.parametrize(("source", "stream"), EVERY_STREAM)
listing_of_every_source = pytest.mark.parametrize(("source", "stream"), LISTINGS)
metrics_of_every_source = pytest.mark.parametrize(("source", "stream"), LONGEST)


def fault(source, stream, kind, **more):
    return Fault(source, kind, path=PATHS[source, stream], **more)


def known_keys(source, stream):
    """What the world holds of a stream, worked out without any adapter."""
    who = sandboxed.account(source)
    if stream in {"accounts", "stores"}:
        return {who.account_id}
    asked = recent(source)
    if source == "shopify":
        orders = world().store_orders(who.account_id)
        return {one.id for one in orders if asked.since <= one.payment.updated_at < asked.until}
    if stream == "campaigns":
        # Meta's account edge never lists deleted campaigns.
        hidden = {"deleted"} if source == "meta" else set()
        return {one.id for one in world().campaigns(who.account_id) if one.status not in hidden}
    rows = world().deliveries(who.account_id)
    return {f"{row.campaign.id}:{row.date}" for row in rows if asked.since <= row.date < asked.until}


@stream_of_every_source
async def test_every_record_comes_exactly_once(source, stream):
    keys = [record.key for record in await records(source, stream, in_memory())]
    assert len(keys) == len(set(keys))
    assert set(keys) == known_keys(source, stream)


@listing_of_every_source
@pytest.mark.parametrize("size", [3, 7, 250])
async def test_the_size_of_a_page_changes_no_record(monkeypatch, source, stream, size):
    monkeypatch.setattr(importlib.import_module(PAGED[source]), "PAGE_SIZE", size)
    roomy = Manners(shopify_limits=Limits(max_cost=100_000))
    read = await pages(source, stream, in_memory(manners=roomy))
    keys = [record.key for page in read for record in page]
    assert len(keys) == len(set(keys))
    assert set(keys) == known_keys(source, stream)
    assert all(len(page) <= size for page in read)
    assert len(read) >= len(keys) / size


@stream_of_every_source
async def test_a_payload_is_the_json_that_arrived(source, stream):
    for record in await records(source, stream, in_memory()):
        assert isinstance(json.loads(bytes(record.payload)), dict)


@metrics_of_every_source
async def test_a_record_has_a_day_exactly_when_its_stream_is_daily(source, stream):
    daily = registry.load(source).stream(stream).shape == "daily"
    for record in await records(source, stream, in_memory()):
        assert (str(record.day) == record.key.rpartition(":")[2]) if daily else record.day is None


EMPTY = {
    "meta": [{"data": []}, {"data": [], "paging": {}}, {"data": [], "paging": {"cursors": {}}}],
    "tiktok": [
        {"code": 0, "message": "OK", "data": {"list": [], "page_info": {"page": 1, "total_page": total}}}
        for total in (0, 1)
    ],
    "shopify": [{"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}}],
}
EMPTY_ANSWERS = [(*each, body) for each in LISTINGS for body in EMPTY[each[0]]]


@pytest.mark.parametrize(("source", "stream", "body"), EMPTY_ANSWERS)
async def test_an_empty_answer_is_no_record_and_no_error(source, stream, body):
    assert await records(source, stream, answering(lambda _: httpx.Response(200, json=body))) == []


@listing_of_every_source
async def test_an_empty_page_in_the_middle_is_not_the_end(monkeypatch, source, stream):
    monkeypatch.setattr(importlib.import_module(PAGED[source]), "PAGE_SIZE", 3)
    asked = []

    def answers(_request):
        asked.append(1)
        return httpx.Response(200, json=middle_page(source, len(asked), 3))

    assert await records(source, stream, answering(answers)) == []
    assert len(asked) == 3


def middle_page(source, number, last):
    """An empty page that names a next one until the last."""
    more, cursor = number < last, f"cursor-{number}"
    if source == "meta":
        link = {"next": f"https://graph.facebook.com/?after={cursor}&access_token=secret"} if more else {}
        return {"data": [], "paging": {"cursors": {"before": "b", "after": cursor}, **link}}
    if source == "tiktok":
        return {"code": 0, "data": {"list": [], "page_info": {"page": number, "total_page": last}}}
    return {"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": more, "endCursor": cursor}}}}


CIRCLES = {
    "meta": {"data": [], "paging": {"cursors": {"after": "same"}, "next": "https://graph.facebook.com/"}},
    "shopify": {"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "same"}}}},
}
WITHOUT_CURSOR = {
    "meta": {"data": [], "paging": {"cursors": {}, "next": "https://graph.facebook.com/"}},
    "tiktok": {"code": 0, "data": {"list": []}},
    "shopify": {"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}}},
}


@pytest.mark.parametrize("source", CIRCLES)
async def test_a_cursor_that_comes_back_is_refused(source):
    stream = dict(LONGEST)[source]
    with pytest.raises(ContractError, match="'same' again"):
        await records(source, stream, answering(lambda _: httpx.Response(200, json=CIRCLES[source])))


@pytest.mark.parametrize("source", SOURCES)
async def test_a_page_that_promises_more_and_does_not_say_where_is_refused(source):
    stream = dict(LONGEST)[source]
    with pytest.raises(ContractError):
        await records(source, stream, answering(lambda _: httpx.Response(200, json=WITHOUT_CURSOR[source])))


LIMITS = [
    ("meta", "rate_limited", 120, 120),
    ("meta", "rate_limited", None, None),
    ("meta", "http_429", 90, 90),
    ("meta", "http_429", None, None),
    # TikTok says which limit it was, per second or per minute, never how long to wait.
    ("tiktok", "rate_limited", 60, 300),
    ("tiktok", "rate_limited", None, 2),
    ("tiktok", "http_429", 90, 90),
    ("tiktok", "http_429", None, None),
    ("shopify", "rate_limited", 30, 30),
    ("shopify", "rate_limited", None, 1),
    ("shopify", "http_429", 90, 90),
    ("shopify", "http_429", None, None),
]


@pytest.mark.parametrize(("source", "kind", "wait", "told"), LIMITS)
async def test_a_rate_limit_carries_the_wait_that_the_platform_named(source, kind, wait, told):
    with pytest.raises(RateLimited) as caught:
        await records(source, dict(LONGEST)[source], in_memory(Fault(source, kind, wait=wait)))
    assert caught.value.retry_after == told


@pytest.mark.parametrize("source", ["tiktok", "shopify"])
async def test_a_limit_of_seconds_is_waited_out_at_once(source):
    pause = Pauses()
    limited = Fault(source, "rate_limited", calls=(1,))
    read = await records(source, dict(LONGEST)[source], in_memory(limited), pause=pause)
    assert {record.key for record in read} == known_keys(source, dict(LONGEST)[source])
    assert len(pause) == 1


@stream_of_every_source
async def test_a_server_error_that_passes_is_not_seen(source, stream):
    pause = Pauses()
    broken = fault(source, stream, "server_error", calls=(1, 2))
    read = await records(source, stream, in_memory(broken), pause=pause)
    assert {record.key for record in read} == known_keys(source, stream)
    assert pause == [0.5, 1.0]


@stream_of_every_source
@pytest.mark.parametrize("kind", ["server_error", "truncated"])
async def test_what_stays_broken_is_a_temporary_error(source, stream, kind):
    with pytest.raises(TemporaryError):
        await records(source, stream, in_memory(fault(source, stream, kind)))


@stream_of_every_source
async def test_a_refused_token_asks_for_a_person(source, stream):
    """Where tokens can be renewed the error is TokenExpired: the token's keeper asks the person, or needs none."""
    wants = TokenExpired if source == "shopify" else ReauthRequired
    with pytest.raises(wants, match=r"token|install the app"):
        await records(source, stream, in_memory(fault(source, stream, "token_expired")))


@metrics_of_every_source
async def test_a_request_that_is_too_large_is_not_repeated_as_it_is(source, stream):
    asked = []

    async def note(request):
        asked.append((str(request.url), await request.aread()))

    transport = in_memory(fault(source, stream, "too_much_data"))
    who = sandboxed.account(source)
    async with sandboxed.connected(who, transport) as client:
        client.http.event_hooks = {"request": [note], "response": []}
        with pytest.raises(TooMuchData):
            [page async for page in registry.load(source).stream(stream).read(client, who, recent(source))]
    assert len(set(asked)) == len(asked)


NO_JSON = [b"", b"<html>maintenance</html>", b'{"data":[', b"\xff\xfe\x00", b"null", b"[]", b"{}", b'"text"', b"17"]


@stream_of_every_source
@pytest.mark.parametrize("body", NO_JSON)
async def test_an_answer_that_is_no_known_json_is_an_error_of_ours(source, stream, body):
    with pytest.raises((TemporaryError, ContractError)):
        await records(source, stream, answering(lambda _: httpx.Response(200, content=body)))


@stream_of_every_source
@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"message": "upstream"}'])
async def test_a_gateway_that_answers_in_its_place_is_a_temporary_error(source, stream, status, body):
    with pytest.raises(TemporaryError):
        await records(source, stream, answering(lambda _: httpx.Response(status, content=body)))


@listing_of_every_source
async def test_a_field_that_nobody_knows_is_kept(source, stream):
    new = fault(source, stream, "added_field", field="brand_new")
    for record in await records(source, stream, in_memory(new)):
        assert json.loads(bytes(record.payload))["brand_new"] == "something new"


NEEDED = [
    ("meta", "campaigns", "id"),
    ("meta", "campaign_metrics", "campaign_id"),
    ("meta", "campaign_metrics", "date_start"),
    ("tiktok", "campaigns", "campaign_id"),
    ("tiktok", "campaign_metrics", "campaign_id"),
    ("tiktok", "campaign_metrics", "stat_time_day"),
    ("shopify", "orders", "id"),
    ("shopify", "orders", "updatedAt"),
]


@pytest.mark.parametrize(("source", "stream", "field"), NEEDED)
async def test_a_field_that_went_missing_is_named(source, stream, field):
    gone = fault(source, stream, "missing_field", field=field)
    with pytest.raises(ContractError, match=field):
        await records(source, stream, in_memory(gone))


@pytest.mark.parametrize(("source", "field"), [("meta", "timezone_name"), ("tiktok", "timezone"), ("meta", "currency")])
async def test_an_account_without_zone_or_currency_is_refused_by_name(source, field):
    first = registry.load(source).streams[0].name
    whole = json.loads(bytes((await records(source, first, in_memory()))[0].payload))
    del whole[field]
    body = whole if source == "meta" else {"code": 0, "data": {"list": [whole]}}
    with pytest.raises(ContractError, match=field):
        await first_facts(source, answering(lambda _: httpx.Response(200, json=body)))


async def first_facts(source, transport):
    declared = registry.load(source)
    read = await records(source, declared.streams[0].name, transport)
    return declared.facts(read[0].payload)


@pytest.mark.parametrize("source", SOURCES)
async def test_the_first_stream_tells_name_currency_and_zone(source):
    owner = next(one for one in (*world().ad_accounts, *world().stores) if one.id == sandboxed.ACCOUNT[source])
    assert await first_facts(source, in_memory()) == (owner.name, owner.currency, owner.timezone)


@dataclass
class Chatty:
    """A platform that repeats in its error whatever secret it was sent."""

    source: str

    def __call__(self, request):
        told = " ".join(f"{key}={value}" for key, value in request.headers.items())
        told += f" {request.url.query.decode()} fern-and-moss"
        if self.source == "meta":
            return httpx.Response(400, json={"error": {"code": 100, "message": told}})
        if self.source == "tiktok":
            return httpx.Response(200, json={"code": 40002, "message": told})
        return httpx.Response(200, json={"errors": [{"message": told, "extensions": {"code": "x"}}]})


OWNERS = {"meta": "903456789012", "tiktok": "7000000000000000003", "shopify": "juniper.myshopify.com"}


@pytest.mark.parametrize("source", SOURCES)
async def test_no_secret_is_in_an_error_or_a_repr(source):
    who = sandboxed.account(source, OWNERS[source])
    known = sandboxed.credentials(who.conn_id)
    secrets = [known.password, str(known.extra.get("app_secret", "no secret"))]
    with pytest.raises(AdsyncError) as caught:
        await records(source, dict(LONGEST)[source], answering(Chatty(source)), account_id=who.account_id)
    shown = f"{caught.value} {caught.value!r} {known!r} {known} {who!r} {who}"
    assert not [secret for secret in secrets if secret in shown]
    assert str(sandboxed.CUSTOMER_KEY) not in shown


@pytest.mark.parametrize("source", SOURCES)
async def test_a_host_that_cannot_be_reached_is_named_without_the_query(source):
    def refuses(request):
        raise httpx.ConnectError("connection refused", request=request)

    with pytest.raises(TemporaryError, match=r"http://sandbox/.* cannot be reached: connection refused") as caught:
        await records(source, dict(LONGEST)[source], answering(refuses))
    assert "?" not in str(caught.value)
