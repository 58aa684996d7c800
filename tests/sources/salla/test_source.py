import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

import contracts
from adsync.api.client import ApiClient
from adsync.errors import ContractError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TokenExpired
from adsync.models import ApiResponse, Credentials, Token
from adsync.ranges import TimeRange
from adsync.sources.salla import order_changes
from adsync.sources.salla.attribution import PLACES
from adsync.sources.salla.errors import OrderGone
from adsync.sources.salla.source import SOURCE
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from reading import owner, records, refusal, span
from sandbox_fixtures import NOW, answering, in_memory, world

STORE = "1305146709"
WHO = owner("salla", STORE)
PERSONAL = contracts.of("salla").personal
CREDENTIALS = Credentials(
    "salla", password="access", extra={"refresh_token": "refresh", "client_id": "app", "client_secret": "hush"}
)
TOKEN = Token("access", "refresh")
STREAM = SOURCE.stream("orders")


class Stored(dict):
    """The stored payloads of earlier reads; `keep` adds records."""

    async def __call__(self, keys):
        return {key: self[key] for key in keys if key in self}

    def keep(self, read):
        self.update({record.key: bytes(record.payload) for record in read})
        return read


def sandbox(*faults, **settings):
    app = create_app(world(), faults, Behavior(**settings))
    return app, httpx.ASGITransport(app)


async def orders(transport, *, since=None, known=None, **more):
    asked = (
        TimeRange(since, NOW + timedelta(seconds=1)) if since else span(),
        known if known is not None else Stored(),
    )
    return await records(SOURCE, WHO, "orders", transport, *asked, **more)


async def created(transport, days=39, known=None, **more):
    asked = (span(days), known if known is not None else Stored())
    return await records(SOURCE, WHO, "orders", transport, *asked, read=STREAM.read_history, **more)


def expected(since):
    return {str(sale.id): sale for sale in world().store_orders(STORE) if sale.state.updated_at >= since}


def rows(read):
    return {record.key: json.loads(bytes(record.payload)) for record in read}


async def test_every_changed_order_is_yielded_once():
    read = await orders(in_memory())
    assert len(read) == len(rows(read))
    assert set(rows(read)) == set(expected(span().since))


@pytest.mark.parametrize("size", [1, 2, 7])
async def test_the_size_of_a_page_changes_no_order(monkeypatch, size):
    monkeypatch.setattr(order_changes, "PAGE_SIZE", size)
    assert set(rows(await orders(in_memory()))) == set(expected(span().since))


async def test_the_store_without_a_zone_is_in_riyadh():
    (record,) = await records(SOURCE, WHO, "stores", in_memory())
    assert SOURCE.account_info(record.payload) == ("متجر أكمي", "SAR", "Asia/Riyadh")


async def test_an_hour_without_changes_is_one_list_and_three_orders():
    stored = Stored()
    stored.keep(await created(in_memory()))
    app, transport = sandbox()
    read = await orders(transport, since=NOW - timedelta(minutes=1), known=stored)
    assert rows(read).items() <= rows(await created(in_memory())).items()
    assert app.state.call_log.calls["salla"] == 4


async def test_an_order_is_read_only_if_its_list_row_changed():
    stored = Stored()
    stored.keep(await created(in_memory()))
    app, transport = sandbox()
    assert await created(transport, known=stored) == []
    assert app.state.call_log.calls["salla"] == 1


async def test_what_differs_from_what_is_stored_is_read_again():
    stored = Stored()
    stored.keep(await created(in_memory()))
    key = next(iter(stored))
    stored[key] = stored[key].replace(b'"listed":"', b'"listed":"other')
    assert [record.key for record in await created(in_memory(), known=stored)] == [key]


# The quirks of the sheet (its section "traps"), by number


async def test_quirk_1_an_old_order_that_changed_is_found():
    since = NOW - timedelta(days=3)
    old = {key for key, sale in expected(since).items() if sale.placed_at < since}
    assert old
    assert old <= set(rows(await orders(in_memory(), since=since)))


async def test_quirk_1_the_list_is_sorted_by_change_and_never_filtered_by_it():
    seen = []

    def answers(request):
        seen.append(dict(request.url.params))
        return httpx.Response(200, json=listing([], total=0))

    await orders(answering(answers))
    assert seen == [{"sort_by": "updated_at-desc", "page": "1", "per_page": "30"}]


def clock(text):
    return {"date": f"{text}.000000", "timezone_type": 3, "timezone": "Asia/Riyadh"}


def listed(number, amount=350.75):
    return {
        "id": number,
        "status": {"id": 1, "slug": "completed", "customized": {"id": 1}},
        "total": {"amount": amount},
        "payment_method": "mada",
    }


def listing(data, *, total, page=1, pages=1, size=30):
    paging = {
        "count": len(data),
        "total": total,
        "perPage": size,
        "currentPage": page,
        "totalPages": pages,
        "links": [],
    }
    return {"status": 200, "success": True, "data": data, "pagination": paging}


def whole(number, **more):
    return {
        "id": number, "reference_id": 7, "date": clock("2026-11-03 12:14:05"),
        "updated_at": clock("2026-11-20 10:00:31"),
        "status": {"id": 1, "slug": "completed", "name": "تم", "customized": {"id": 1, "name": "x"}}, "currency": "SAR",
        "amounts": {"total": {"amount": 350.75, "currency": "SAR"}}, "customer": {"id": 225167971, "mobile": 501234567},
        "source": "store", **more,
    }  # fmt: skip


def store_of(pages, **details):
    """Answers from scripted pages; every order has the same details."""

    def answers(request):
        tail = request.url.path.rpartition("/")[2]
        if tail != "orders":
            return httpx.Response(200, json={"status": 200, "success": True, "data": whole(int(tail), **details)})
        return httpx.Response(200, json=pages(int(request.url.params["page"])))

    return answering(answers)


async def one(**details):
    (record,) = await orders(store_of(lambda _: listing([listed(1)], total=1), **details))
    return bytes(record.payload)


async def test_quirk_2_a_short_page_is_not_the_last():
    def pages(number):
        return listing([listed(number * 10 + n) for n in range(2)], total=6, page=number, pages=3, size=15)

    assert len(await orders(store_of(pages))) == 6


async def test_quirk_3_times_are_local_to_the_zone_of_their_own_field():
    before, after = (datetime(2026, 11, 20, 7, 0, second, tzinfo=UTC) for second in (31, 32))
    alone = store_of(lambda _: listing([listed(1)], total=1))
    assert len(await orders(alone, since=before)) == 1
    assert await orders(alone, since=after) == []


async def test_quirk_4_attribution_comes_from_the_order_itself():
    read = rows(await created(in_memory()))
    details = [row.get("source_details") or {} for row in read.values()]
    others = [row.get("campaign") or {} for row in read.values()]
    assert any(part.get("utm_campaign") for part in details)
    assert any(part.get("campaign") for part in others)


async def test_quirk_5_a_light_order_does_not_overwrite_what_was_known_of_its_source():
    stored = Stored()
    full = {"source_details": {"type": "campaign", "utm_source": "snapchat", "utm_campaign": "7"}}
    stored["1"] = await one(**full)
    page = store_of(lambda _: listing([listed(1, amount=1)], total=1), source_details={"type": "direct"})
    (record,) = await orders(page, known=stored)
    row = json.loads(bytes(record.payload))
    assert row["source_details"] == {"type": "campaign", "utm_source": "snapchat", "utm_campaign": "7"}
    page = store_of(lambda _: listing([listed(1, amount=1)], total=1))
    assert json.loads(bytes((await orders(page, known=stored))[0].payload))["source_details"] == row["source_details"]


async def read_twice(first, second):
    """Returns what is stored of an order whose details are `first`, then `second`."""
    stored = Stored()
    stored["1"] = await one(**first)
    (record,) = await orders(store_of(lambda _: listing([listed(1, amount=1)], total=1), **second), known=stored)
    row = json.loads(bytes(record.payload))
    return {name: row[name] for name in PLACES if row.get(name)}


SNAPCHAT = {"source_details": {"utm_source": "snapchat", "utm_campaign": "U"}, "campaign": {"campaign": "U"}}


@pytest.mark.parametrize(
    "later",
    [
        {"source_details": {"utm_source": "instagram"}},
        {"campaign": {"source": "instagram"}},
        {"utm": {"utm_source": "instagram"}},
        {"source_details": {"type": "campaign", "value": "Eid"}},
    ],
)
async def test_quirk_5_another_source_replaces_all_that_was_known(later):
    assert await read_twice(SNAPCHAT, later) == later


@pytest.mark.parametrize(
    "later",
    [{}, {"source_details": {"type": "direct"}, "campaign": []}, {"source_details": {"utm_source": ""}, "utm": None}],
)
async def test_quirk_5_a_response_without_a_source_replaces_nothing(later):
    assert await read_twice(SNAPCHAT, later) == SNAPCHAT


@pytest.mark.parametrize("place", ["utm", "marketing", "attribution"])
async def test_undocumented_places_of_the_origin_are_stored(place, caplog):
    payload = json.loads(await one(**{place: {"utm_source": "fb", "campaign": "Eid", "browser": "x"}}))
    assert payload[place] == {"utm_source": "fb", "campaign": "Eid"}
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("more", "noticed"),
    [
        ({"marketing": {"first_touch": {"utm_source": "fb"}}}, "marketing"),
        ({"marketing": {"source": "fb", "first": {"utm_source": "x"}}}, "utm_source"),
        ({"utm": "utm_source=fb"}, "utm"),
        ({"attribution": [{"channel": "fb"}]}, "attribution"),
        ({"source_details": {"referrer": "https://fb.example"}}, "referrer"),
        ({"utm_campaign": "Eid"}, "utm_campaign"),
        ({"tracking": [{"ttclid": "E"}]}, "ttclid"),
        ({"utm": [], "attribution": {"source": None}, "campaign": {"source": "fb"}, "referrer": ""}, ""),
    ],
)
async def test_an_origin_that_is_not_read_is_logged_once(more, noticed, caplog):
    pages = store_of(lambda _: listing([listed(1), listed(2)], total=2), **more)
    await orders(pages)
    told = [f"salla now returns `{noticed}` of orders" in message for message in caplog.messages]
    assert told == ([True] if noticed else [])


async def test_quirk_6_the_id_is_the_key_and_the_reference_is_stored_too():
    payload = json.loads(await one())
    assert (payload["id"], payload["reference_id"]) == (1, 7)


def test_quirk_7_a_refresh_token_is_for_one_use_and_never_older_than_ten_days():
    assert SOURCE.token_refresh.single_use
    assert SOURCE.token_refresh.max_age == timedelta(days=10)


async def test_quirk_8_a_status_that_the_merchant_made_up_stands_below_its_parent():
    payload = json.loads(await one())
    assert payload["status"] == {"id": 1, "slug": "completed", "customized": {"id": 1}}


@pytest.mark.parametrize("writes", [1, 3])
async def test_orders_that_move_past_a_walk_are_found_by_the_next_one(monkeypatch, writes):
    monkeypatch.setattr(order_changes, "PAGE_SIZE", 4)
    stored, transport = Stored(), in_memory(behavior=Behavior(writes_during_paging=writes))
    for since in (span().since, NOW - timedelta(minutes=10), NOW - timedelta(minutes=10)):
        stored.keep(await orders(transport, since=since, known=stored))
    assert set(expected(span().since)) <= set(stored)


@pytest.mark.parametrize(("later", "expected"), [(5, [1, 2]), (3, [1, 2, 1, 2]), (4, [1, 2])])
async def test_a_page_is_read_again_after_orders_have_left_the_list_but_no_order_twice(later, expected):
    asked = []

    def pages(number):
        asked.append(number)
        total = 4 if len(asked) == 1 else later
        return listing([listed(number * 10 + n) for n in range(2)], total=total, page=number, pages=2)

    read = await orders(store_of(pages))
    assert asked == expected
    assert sorted(record.key for record in read) == ["10", "11", "20", "21"]


async def test_a_list_that_keeps_changing_is_a_temporary_error():
    asked = []

    def pages(number):
        asked.append(number)
        return listing([listed(number)], total=900 - len(asked), page=number, pages=9)

    with pytest.raises(TemporaryError, match="kept changing"):
        await orders(store_of(pages))
    assert len(asked) < 50


async def test_a_repeated_page_is_an_error():
    with pytest.raises(ContractError, match="page 1 again"):
        await orders(store_of(lambda _: listing([listed(1)], total=9, page=1, pages=3)))


async def test_the_read_ends_after_a_few_consecutive_older_orders():
    asked = []

    def pages(number):
        asked.append(number)
        return listing([listed(number * 10 + n) for n in range(5)], total=500, page=number, pages=100)

    assert await orders(store_of(pages), since=NOW - timedelta(hours=1)) == []
    assert asked == [1]


async def test_days_of_creation_are_widened_by_one_on_each_side():
    seen = []

    def answers(request):
        seen.append(dict(request.url.params))
        return httpx.Response(200, json=listing([], total=0))

    asked = TimeRange(datetime(2026, 11, 1, 21, tzinfo=UTC), datetime(2026, 11, 9, 21, tzinfo=UTC))
    await records(SOURCE, WHO, "orders", answering(answers), asked, Stored(), read=STREAM.read_history)
    assert (seen[0]["from_date"], seen[0]["to_date"]) == ("2026-11-01", "2026-11-11")


async def test_a_deleted_order_is_omitted():
    def answers(request):
        if request.url.path.endswith("orders"):
            return httpx.Response(200, json=listing([listed(1)], total=1))
        return httpx.Response(404, json={"status": 404, "success": False, "error": {"code": 404, "message": "x"}})

    assert await orders(answering(answers)) == []


async def test_amounts_keep_their_text():
    def answers(request):
        if request.url.path.endswith("orders"):
            return httpx.Response(200, json=listing([listed(1)], total=1))
        body = json.dumps({"data": whole(1)}).replace("350.75", "350.7500000000000001")
        return httpx.Response(200, content=body)

    (record,) = await orders(answering(answers))
    assert b"350.7500000000000001" in bytes(record.payload)


async def test_no_personal_data_is_stored():
    read = await created(in_memory())
    text = "".join(bytes(record.payload).decode() for record in read)
    assert not [word for word in PERSONAL if word in text]
    assert all(len(row["customer_hash"]) == 64 for row in rows(read).values())


@pytest.mark.parametrize("name", ["id", "amounts", "status", "currency"])
async def test_a_missing_field_is_named(name):
    with pytest.raises(ContractError, match=name):
        await orders(in_memory(Fault("salla", "missing_field", field=name)))


# Errors


def problem(message, code="Unauthorized", status=401):
    return json.dumps({"status": status, "success": False, "error": {"code": code, "message": message}}).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (problem("The access token is invalid or expired."), TokenExpired),
        (problem("The access token should have access to one of those scopes: orders.read"), ReauthRequired),
        (problem("The user of this access token is deleted."), ReauthRequired),
        (problem("The user of this access token is inactive."), ReauthRequired),
        (b'{"error":"invalid_grant","error_description":"The refresh token was already used."}', ReauthRequired),
    ],
)
def test_of_five_kinds_of_401_only_an_invalid_token_is_worth_a_refresh(body, expected):
    assert type(refusal(SOURCE, 401, body)) is expected


@dataclass
class Tokens:
    """A token server whose calls are counted."""

    refresh_calls: int = 0
    is_refreshable: bool = True

    async def get(self):
        return Token("t")

    async def refresh(self, rejected):
        self.refresh_calls += 1
        return Token(f"{rejected.access}t")


@pytest.mark.parametrize(
    ("message", "spent"), [("The User is not exists.", 0), ("حسابك غير مفعل", 0), ("The access token is invalid", 1)]
)
async def test_no_single_use_token_is_spent_on_a_user_who_is_gone(message, spent):
    tokens, answer = Tokens(), httpx.Response(401, content=problem(message))
    async with httpx.AsyncClient(transport=answering(lambda _: answer), base_url="https://sandbox/") as http:
        client = ApiClient(http, SOURCE, CREDENTIALS, TOKEN, tokens=tokens)
        with pytest.raises(ReauthRequired if spent == 0 else TokenExpired):
            await client.get("store/info")
    assert tokens.refresh_calls == spent


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, problem("no", "not_found"), OrderGone),
        (410, problem("no"), OrderGone),
        (422, problem("no"), PermanentError),
        (400, problem("no"), PermanentError),
        (403, problem("should have access to one of those scopes"), ReauthRequired),
        (500, problem("no"), TemporaryError),
        (503, b"<html>", TemporaryError),
        (200, b"<html>", TemporaryError),
        (200, b'{"status":200,"success":true,"error":{"code":404,"message":"x"}}', OrderGone),
        (200, b'{"status":200,"success":true,"error":{"code":"odd","message":"x"}}', PermanentError),
    ],
)
def test_errors_are_classified_as_documented(status, body, expected):
    assert type(refusal(SOURCE, status, body)) is expected


def test_a_block_that_passes_is_waited_out_for_ten_minutes():
    error = refusal(SOURCE, 403, problem("Your access is temporarily blocked.", "forbidden"))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 600


RATE = {"x_ratelimit_limit": "120", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}
RESET = str(int(NOW.timestamp()) + 25)


@pytest.mark.parametrize(
    ("headers", "wait"), [({"retry_after": "7"}, 7), ({**RATE, "x_ratelimit_reset": RESET}, 25), ({}, 60)]
)
def test_the_wait_of_a_rate_limit_is_read_from_its_headers(headers, wait):
    assert refusal(SOURCE, 429, problem("Too many requests."), **headers).retry_after == wait


@pytest.mark.parametrize(("left", "rest"), [("60", 0), ("13", 0), ("12", 1), ("1", 1), ("0", 25)])
def test_calls_slow_down_close_to_the_rate_limit(left, rest):
    headers = {**RATE, "x_ratelimit_remaining": left, "x_ratelimit_reset": RESET}
    headers = httpx.Headers({name.replace("_", "-"): text for name, text in headers.items()})
    assert SOURCE.throttle(ApiResponse(200, headers, b"{}")) == rest
    assert SOURCE.throttle(ApiResponse(200, {}, b"{}")) == 0


# Tokens


def test_a_refresh_is_a_form_without_a_redirect():
    request = SOURCE.token_refresh.request(CREDENTIALS, TOKEN)
    assert str(request.url) == "https://accounts.salla.sa/oauth2/token"
    assert set(parse_qs(request.read().decode())) == {"grant_type", "refresh_token", "client_id", "client_secret"}


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ({"expires": int(NOW.timestamp()) + 60}, NOW + timedelta(seconds=60)),
        ({"expires_in": 60}, NOW + timedelta(seconds=60)),
        ({"expires_in": int(NOW.timestamp()) + 60}, NOW + timedelta(seconds=60)),
        ({}, None),
    ],
)
def test_an_end_is_an_instant_or_a_duration(told, ends):
    body = json.dumps({"access_token": "new", "refresh_token": "next", **told}).encode()
    token = SOURCE.token_refresh.read(ApiResponse(200, {}, body), TOKEN, NOW)
    assert (token.access, token.refresh, token.expires_at) == ("new", "next", ends)


def test_a_used_refresh_token_requires_reauthorization():
    body = b'{"error":"invalid_grant","error_description":"already used"}'
    with pytest.raises(ReauthRequired, match="reinstall the app"):
        SOURCE.token_refresh.read(ApiResponse(401, {}, body), TOKEN, NOW)


def test_the_connection_has_the_expiry_of_the_first_token():
    extra = {**CREDENTIALS.extra, "expires": int(NOW.timestamp())}
    assert SOURCE.initial_token(Credentials("salla", password="access", extra=extra)).expires_at == NOW


async def test_errors_are_requested_in_english():
    def answers(request):
        assert request.headers["accept-language"] == "en"
        assert request.headers["authorization"].startswith("Bearer ")
        return httpx.Response(200, json=listing([], total=0))

    await orders(answering(answers))
