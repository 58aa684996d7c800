import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

import contracts
from adsync.api import session
from adsync.errors import (
    ConfigError,
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TooMuchData,
)
from adsync.models import Credentials, RejectedRecord, Token
from adsync.ranges import TimeRange
from adsync.sources.woocommerce import source
from adsync.sources.woocommerce.errors import SiteCrashed
from adsync.sources.woocommerce.order_changes import ONE_SECOND, Change, ChangedOrders, Listed, Position
from adsync.sources.woocommerce.source import SOURCE
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from reading import connected, owner, pages, records, refusal, span
from sandbox_fixtures import CUSTOMER_KEY, NOW, answering, credentials, in_memory, nothing_stored, world

# One below a path, one with plain permalinks.
NAKHLA, JUNIPER = "shop.nakhla.example", "shop.juniper.example"
SITES = [NAKHLA, JUNIPER]
WHO = owner("woocommerce", NAKHLA)
PERSONAL = contracts.of("woocommerce").personal


def expected(site, asked=None, *, trash=True):
    asked = asked or span()
    hidden = {"checkout-draft", "auto-draft"} | (set() if trash else {"trash"})
    return {
        str(sale.id): sale
        for sale in world().store_orders(site)
        if asked.since <= sale.state.updated_at.replace(microsecond=0) < asked.until and sale.state.status not in hidden
    }


async def orders(transport, site=NAKHLA, asked=None, **more):
    return await records(SOURCE, owner("woocommerce", site), "orders", transport, asked or span(), **more)


def rows(read):
    return {record.key: json.loads(bytes(record.payload)) for record in read}


@pytest.mark.parametrize("site", SITES)
async def test_every_order_is_yielded_once_below_a_path_and_with_plain_permalinks(site):
    read = await orders(in_memory(), site)
    assert len(read) == len(rows(read))
    assert set(rows(read)) == set(expected(site))


class Proxy(httpx.AsyncBaseTransport):
    """A host before the sandbox: it lets no Authorization through, and may call the REST API by another name."""

    def __init__(self, *, prefix="wp-json"):
        self.inner, self.prefix, self.asked = in_memory(), prefix, []

    async def handle_async_request(self, request):
        self.asked.append(request)
        headers = {name: value for name, value in request.headers.items() if name != "authorization"}
        if "wp-json" in request.url.path and self.prefix != "wp-json":
            return httpx.Response(404)
        url = request.url.copy_with(path=request.url.path.replace(f"/{self.prefix}/", "/wp-json/"))
        return await self.inner.handle_async_request(httpx.Request(request.method, url, headers=headers))


def keyed(base="https://sandbox", **extra):
    known = credentials(WHO.conn_id, base)
    return replace(known, extra={**known.extra, **extra})


async def test_where_the_host_strips_the_authorization_header_keys_go_into_the_query_if_that_is_set(caplog):
    caplog.set_level("DEBUG")
    async with session.client():
        pass
    with pytest.raises(ReauthRequired, match=r'woocommerce_rest_cannot_view.*set "query_keys": "true"'):
        await orders(Proxy(), known=keyed())
    proxy, known = Proxy(), keyed(query_keys="true")
    assert set(rows(await orders(proxy, known=known))) == set(expected(NAKHLA))
    assert {request.url.params["consumer_key"] for request in proxy.asked} == {known.login}
    assert not any(secret in caplog.text for secret in (known.login, known.password))


async def test_keys_in_the_query_travel_over_https_only():
    proxy = Proxy()
    with pytest.raises(ConfigError, match="`query_keys` requires https"):
        await orders(proxy, known=keyed("http://sandbox", query_keys="true"))
    assert proxy.asked == []


@pytest.mark.parametrize("extra", [{}, {"query_keys": "false"}])
async def test_keys_are_in_no_query_unless_that_is_set(extra):
    seen = []

    def note(request):
        seen.append(request)
        return httpx.Response(200, json=[])

    await orders(answering(note), known=keyed(**extra))
    assert all("consumer_secret" not in request.url.params and request.headers["authorization"] for request in seen)


async def test_a_site_that_renamed_its_rest_prefix_is_read_there():
    with pytest.raises(PermanentError, match='renamed wp-json its "rest_prefix"'):
        await orders(Proxy(prefix="api"), known=keyed(query_keys="true"))
    read = await orders(Proxy(prefix="api"), known=keyed(query_keys="true", rest_prefix="/api/"))
    assert set(rows(read)) == set(expected(NAKHLA))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_the_size_of_a_page_changes_no_order(monkeypatch, size):
    monkeypatch.setattr(source, "PAGE_SIZE", size)
    read = await orders(in_memory())
    assert len(read) == len(rows(read))
    assert set(rows(read)) == set(expected(NAKHLA))


@pytest.mark.parametrize("site", SITES)
async def test_the_site_has_its_name_time_zone_and_currency(site):
    (record,) = await records(SOURCE, owner("woocommerce", site), "stores", in_memory())
    store = next(one for one in world().stores if one.id == site)
    assert SOURCE.account_info(record.payload) == (store.name, store.currency, store.timezone)


@pytest.mark.parametrize(("offset", "zone"), [(3, "Etc/GMT-3"), ("-5", "Etc/GMT+5"), (0, "UTC")])
async def test_a_site_set_to_an_offset_has_a_zone_of_its_own(offset, zone):
    def answers(request):
        if request.url.path.endswith("current"):
            return httpx.Response(200, json={"code": "SAR"})
        return httpx.Response(200, json={"name": "n", "url": "u", "timezone_string": "", "gmt_offset": offset})

    (record,) = await records(SOURCE, WHO, "stores", answering(answers))
    assert SOURCE.account_info(record.payload).timezone == zone


def test_a_site_with_a_half_hour_offset_needs_a_city():
    row = {"name": "n", "url": "u", "timezone_string": "", "gmt_offset": 3.5, "currency": "IRR"}
    with pytest.raises(ConfigError, match="city"):
        SOURCE.account_info(json.dumps(row).encode())


async def queries(site=NAKHLA):
    seen = []

    def note(request):
        seen.append(request)
        return httpx.Response(200, json=[])

    await orders(answering(note), site)
    return seen


# The quirks of the sheet (its section "traps"), by number


async def test_quirk_1_orders_are_requested_by_change_not_by_creation():
    for request in await queries():
        params = request.url.params
        assert (params["orderby"], params["order"]) == ("modified", "asc")
        assert {"modified_after", "modified_before"} <= set(params)
        assert not {"after", "before"} & set(params)


async def test_quirk_1_a_store_that_ignores_the_filter_is_named():
    transport = in_memory(behavior=Behavior(woocommerce_knows_modified=False))
    with pytest.raises(ContractError, match=r"ignored the filter.*5\.8"):
        await orders(transport, asked=span(1))


async def test_quirk_2_bounds_are_naive_utc_and_declared_so():
    for request in await queries():
        params = request.url.params
        assert params["dates_are_gmt"] == "true"
        assert params["modified_after"] == (span().since - ONE_SECOND).strftime("%Y-%m-%dT%H:%M:%S")
        assert params["modified_before"] == span().until.strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize("hours", [1, 3, 20])
async def test_quirk_2_no_hour_is_missed_in_a_zone_away_from_utc(hours):
    asked = TimeRange(NOW - timedelta(days=20, hours=hours), NOW - timedelta(days=5))
    assert set(rows(await orders(in_memory(), asked=asked))) == set(expected(NAKHLA, asked))


@pytest.mark.parametrize(("size", "writes"), [(2, 1), (2, 2), (5, 1), (5, 3), (100, 3)])
async def test_quirk_3_orders_saved_while_pages_are_read_hide_no_other(monkeypatch, size, writes):
    monkeypatch.setattr(source, "PAGE_SIZE", size)
    read = rows(await orders(in_memory(behavior=Behavior(writes_during_paging=writes))))
    assert set(expected(NAKHLA, trash=False)) <= set(read)


@pytest.mark.parametrize("saved", [1, 2])
async def test_quirk_3_orders_saved_after_they_were_selected_hide_no_other(monkeypatch, saved):
    monkeypatch.setattr(source, "PAGE_SIZE", 7)
    read = rows(await orders(in_memory(behavior=Behavior(woocommerce_saved_while_loaded=saved))))
    assert set(expected(NAKHLA, trash=False)) <= set(read)


async def test_a_site_that_closes_rest_to_visitors_has_its_zone_and_currency():
    transport = in_memory(behavior=Behavior(woocommerce_rest_closed=True))
    (record,) = await records(SOURCE, WHO, "stores", transport)
    assert SOURCE.account_info(record.payload)[1:] == ("AED", "Asia/Riyadh")


async def test_quirk_3_a_change_without_a_new_date_is_found_by_reading_its_days_again():
    key = next(iter(expected(NAKHLA, trash=False)))
    read = rows(await orders(in_memory(Fault("woocommerce", "unstamped_change", field=key))))
    assert read[key]["status"] == "cancelled"


async def test_quirk_5_an_order_of_unknown_origin_is_kept_without_a_source():
    assert json.loads(await payload(meta_data=[]))["meta_data"] == []


async def test_quirk_6_drafts_are_not_read_and_trashed_orders_are():
    read = rows(await orders(in_memory()))
    statuses = {row["status"] for row in read.values()}
    assert "checkout-draft" not in statuses
    assert [request.url.params["status"] for request in await queries()] == ["any", "trash"]


def order(**more):
    return {
        "id": 1, "number": "1", "status": "processing", "currency": "SAR", "date_created_gmt": "2026-11-20T10:00:00",
        "date_modified_gmt": "2026-11-20T10:00:00", "date_paid_gmt": None, "date_completed_gmt": None,
        "total": "345.10", "total_tax": "45.00", "discount_total": "0.00", "shipping_total": "0.00",
        "payment_method": "cod", "created_via": "checkout", "customer_id": 0, "refunds": [], "meta_data": [], **more,
    }  # fmt: skip


async def payload(**more):
    def answers(request):
        return httpx.Response(200, json=[order(**more)] if request.url.params["status"] == "any" else [])

    (record,) = await orders(answering(answers))
    return bytes(record.payload)


async def test_quirk_7_a_key_that_stands_twice_counts_by_its_highest_id():
    key = "_wc_order_attribution_utm_campaign"
    meta = [{"id": 9, "key": key, "value": "new"}, {"id": 3, "key": key, "value": "old"}]
    assert json.loads(await payload(meta_data=meta))["meta_data"] == [{"id": 9, "key": key, "value": "new"}]


async def test_quirk_7_values_other_than_text_break_nothing():
    meta = [
        {"id": 1, "key": "_wc_order_attribution_session_pages", "value": 6},
        {"id": 2, "key": "_wc_order_attribution_referrer", "value": {"a": 1}},
        {"id": 3, "key": "utm_source", "value": ["x"]},
        {"id": 4, "key": "_wc_order_attribution_session_entry", "value": None},
    ]
    kept = {entry["key"]: entry["value"] for entry in json.loads(await payload(meta_data=meta))["meta_data"]}
    assert kept == {"_wc_order_attribution_session_pages": 6, "_wc_order_attribution_session_entry": None}


async def test_quirk_9_amounts_keep_their_text():
    assert b'"total":"345.10"' in await payload()
    assert b'"total":345.1' in await payload(total=345.1)
    assert set(rows(await orders(in_memory(Fault("woocommerce", "numbers_for_texts"))))) == set(expected(NAKHLA))


async def test_personal_fields_never_leave_the_store():
    for request in await queries():
        params = request.url.params
        fields = set(params["_fields"].split(","))
        assert not fields & {"billing", "shipping", "customer_note", "customer_ip_address", "order_key", "payment_url"}
        assert "_wc_order_attribution_user_agent" not in params["include_meta"]


async def test_fields_that_a_store_sends_unrequested_are_dropped():
    meta = [
        {"id": 1, "key": "_card_number", "value": 4_242_424_242_424_242},
        {"id": 2, "key": "_wc_order_attribution_user_agent", "value": "iPhone"},
        {
            "id": 3,
            "key": "_wc_order_attribution_session_entry",
            "value": "https://x.example/a?email=buyer@example.com&utm_id=7",
        },
    ]
    billing = {"email": "buyer@example.com", "address_1": "1 Palm Street"}
    text = (
        await payload(meta_data=meta, billing=billing, order_key="wc_order_1", customer_ip_address="203.0.113.7")
    ).decode()
    assert not [word for word in PERSONAL if word in text]
    assert "https://x.example/a?utm_id=7" in text


async def test_refunds_are_kept_without_their_reasons():
    text = json.loads(await payload(refunds=[{"id": 5, "reason": "a name", "total": "-50.00", "total_tax": "0"}]))
    assert text["refunds"] == [{"id": 5, "total": "-50.00"}]


async def test_refunds_of_one_second_in_another_order_change_no_order():
    refunds = [{"id": 99, "total": "-5.00"}, {"id": 100, "total": "-6.00"}, {"id": 101, "total": "-7.00"}]
    texts = {
        await payload(refunds=shuffled) for shuffled in (refunds, refunds[::-1], [refunds[1], refunds[0], refunds[2]])
    }
    assert [json.loads(text)["refunds"] for text in texts] == [refunds]
    assert json.loads(await payload(refunds=[None, {}, refunds[0], {"total": "-1.00"}]))["refunds"][-1] == refunds[0]


async def test_a_customer_is_a_keyed_hash_and_a_guest_has_none():
    assert json.loads(await payload(customer_id=0))["customer_hash"] is None
    known = json.loads(await payload(customer_id=17))
    assert len(known["customer_hash"]) == 64
    assert "customer_id" not in known


@pytest.mark.parametrize("name", ["id", "total", "date_modified_gmt", "status", "currency"])
async def test_a_missing_field_is_named(name):
    with pytest.raises(ContractError, match=name):
        await orders(in_memory(Fault("woocommerce", "missing_field", path="orders", field=name)))


async def test_an_unreadable_order_is_isolated_and_reported_and_all_others_are_read():
    keys = sorted(expected(NAKHLA, trash=False))
    poisoned = keys[len(keys) // 2]
    got, fault = [], Fault("woocommerce", "poisoned_order", field=f'"id":{poisoned},')

    async def read(client):
        async for page in SOURCE.stream("orders").read(client, WHO, span(), nothing_stored):
            got.extend(page)

    async with connected(SOURCE, WHO, in_memory(fault)) as client:
        await read(client)
    [rejected] = [each for each in got if isinstance(each, RejectedRecord)]
    assert rejected.key == poisoned
    assert f"the site crashes on order {poisoned}" in rejected.reason
    assert {each.key for each in got if each is not rejected} == set(expected(NAKHLA)) - {poisoned}
    assert client.stats.calls < 150


async def test_a_site_that_is_down_has_no_poisoned_order():
    with pytest.raises(SiteCrashed):
        await orders(in_memory(Fault("woocommerce", "server_error", path="orders")))


async def test_the_headers_of_paging_are_not_needed():
    read = await orders(in_memory(Fault("woocommerce", "headers_stripped")))
    assert set(rows(read)) == set(expected(NAKHLA))


# The walk by itself


SECOND = datetime(2026, 11, 20, 10, tzinfo=UTC)


def shelf(*orders):
    """Rows as a store gives them, from (id, second) pairs; every call is noted."""
    rows, calls = sorted(orders, key=lambda one: (one[1], one[0])), []

    async def fetch(position: Position):
        calls.append(position)
        later = [one for one in rows if SECOND + timedelta(seconds=one[1]) > position.after]
        found = later[position.offset : position.offset + position.size]
        return Listed([Change(f"{n} {at}", SECOND + timedelta(seconds=at), n) for n, at in found], len(later))

    return rows, calls, fetch


async def walked(fetch, size):
    asked = TimeRange(SECOND, SECOND + timedelta(days=1))
    return [one async for page in ChangedOrders(fetch, None, size, asked).changes() for one in page]


async def test_more_orders_in_one_second_than_a_page_holds_are_all_read():
    _, _, fetch = shelf(*((n, 0) for n in range(25)), *((100 + n, 1) for n in range(4)))
    read = await walked(fetch, 10)
    assert sorted(read) == [*range(25), *range(100, 104)]


async def test_an_order_that_leaves_a_crowded_second_hides_none_of_the_others():
    rows, calls, inner = shelf(*((n, 0) for n in range(25)))

    async def fetch(position):
        found = await inner(position)
        if len(calls) == 2:
            rows.remove((3, 0))
            rows.append((3, 900))
        return found

    assert set(await walked(fetch, 10)) == set(range(25))


async def test_ten_thousand_orders_take_little_more_than_a_hundred_calls():
    _, calls, fetch = shelf(*((n, n) for n in range(10_000)))
    assert sorted(await walked(fetch, 100)) == list(range(10_000))
    assert len(calls) <= 103


# Errors and access


def problem(code):
    return json.dumps({"code": code, "message": "هذا", "data": {"status": 1}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, problem("woocommerce_rest_cannot_view"), ReauthRequired),
        (401, problem("woocommerce_rest_authentication_error"), ReauthRequired),
        (403, problem("woocommerce_rest_cannot_view"), ReauthRequired),
        (403, b"<html>denied</html>", TemporaryError),
        (404, problem("rest_no_route"), PermanentError),
        (404, b"<html>theme</html>", PermanentError),
        (400, problem("rest_invalid_param"), PermanentError),
        (500, problem("internal_server_error"), SiteCrashed),
        (500, b"<html>critical error</html>", SiteCrashed),
        (502, b"", TemporaryError),
        (503, b"<html>maintenance</html>", TemporaryError),
        (504, b"", TooMuchData),
        (522, b"", TemporaryError),
        (302, b"", TemporaryError),
        (200, b"<html>maintenance</html>", TemporaryError),
        (200, b"<br />Notice: x\n[]", TemporaryError),
        (200, b"", TemporaryError),
    ],
)
def test_errors_are_classified_as_documented(status, body, expected):
    assert type(refusal(SOURCE, status, body)) is expected


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"retry_after": "40"}, 40),
        (429, {}, 60),
        (503, {"retry_after": "9"}, 9),
        (429, {"retry_after": "Sun, 22 Nov 2026 12:01:30 GMT", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 90),
    ],
)
def test_the_wait_of_a_rate_limit_is_in_seconds_or_a_date(status, headers, wait):
    error = refusal(SOURCE, status, b"<h1>no</h1>", **headers)
    assert isinstance(error, RateLimited)
    assert error.retry_after == wait


async def test_an_invalid_key_requires_a_new_one():
    known = Credentials("woo", host=f"http://sandbox/woocommerce/{NAKHLA}/souq", login="ck_x", password="cs_x")
    with pytest.raises(ReauthRequired, match="new key"):
        await orders(in_memory(), known=known)


def test_plain_http_is_for_machines_inside_only():
    with pytest.raises(ConfigError, match="https://"):
        SOURCE.base_url(Credentials("woo", host="http://shop.example/souq"), "shop.example")
    assert SOURCE.base_url(Credentials("woo", host="http://127.0.0.1:9/woocommerce/x"), "x").startswith("http://127")
    assert SOURCE.base_url(Credentials("woo"), "shop.example") == "https://shop.example/"


def test_half_a_key_is_named():
    with pytest.raises(ConfigError, match="consumer key"):
        SOURCE.auth(Credentials("woo"), Token("cs_1"))


async def test_the_key_is_not_in_urls_and_the_user_agent_is_adsync_s():
    for request in await queries(JUNIPER):
        assert "ck_" not in str(request.url)
        assert request.headers["authorization"].startswith("Basic ")
        assert request.headers["user-agent"].startswith("adsync")


async def test_an_hour_without_changes_is_two_calls():
    app = create_app(world())
    asked = TimeRange(NOW - timedelta(seconds=2), NOW - timedelta(seconds=1))
    assert await pages(SOURCE, WHO, "orders", httpx.ASGITransport(app), asked) == [[], []]
    assert app.state.call_log.calls["woocommerce"] == 2


def test_the_workspace_key_is_what_hashes_depend_on():
    assert WHO.customer_key == CUSTOMER_KEY
