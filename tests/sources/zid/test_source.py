import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

import contracts
from adsync.errors import (
    ConfigError,
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
)
from adsync.models import ApiResponse, Credentials, Token
from adsync.ranges import ONE_DAY, TimeRange
from adsync.sources.zid import source
from adsync.sources.zid.source import SOURCE
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.app import create_app
from reading import SandboxTokens, connected, owner, records, refusal, span
from sandbox_fixtures import NOW, answering, credentials, in_memory, nothing_stored, world

STORE = "394106"
WHO = owner("zid", STORE)
PERSONAL = contracts.of("zid").personal
CREDENTIALS = Credentials(
    "zid",
    password="store",
    extra={
        "authorization": "app", "refresh_token": "refresh", "client_id": "id", "client_secret": "hush",
        "redirect_uri": "https://app.example/back",
    },
)  # fmt: skip
TOKEN = SOURCE.initial_token(CREDENTIALS)


def expected(since):
    return {str(sale.id): sale for sale in world().store_orders(STORE) if sale.state.updated_at >= since}


async def orders(transport, asked=None, **more):
    return await records(SOURCE, WHO, "orders", transport, asked or span(), **more)


def rows(read):
    return {record.key: json.loads(bytes(record.payload)) for record in read}


async def test_every_updated_order_is_yielded_once():
    read = await orders(in_memory())
    assert len(read) == len(rows(read))
    assert set(rows(read)) == set(expected(span().since - ONE_DAY))


async def test_the_store_has_its_time_zone_and_currency():
    (record,) = await records(SOURCE, WHO, "stores", in_memory())
    assert SOURCE.account_info(record.payload) == ("نخلة هوم", "SAR", "Asia/Riyadh")


def row(number, updated="2026-11-20 07:00:31", **more):
    return {
        "id": number, "code": "k2", "order_status": {"name": "جديد", "code": "new"}, "payment_status": "paid",
        "order_total": "350.75000000000000", "currency_code": "SAR", "created_at": "2026-11-03 09:14:05",
        "updated_at": updated,
        "customer": {"id": 5512, "name": "x", "email": "x@example.com", "mobile": "966501234567"},
        "is_marketplace_order": False, "payment": {"method": [], "invoice": []}, **more,
    }  # fmt: skip


def listing(*orders, total):
    return {"status": "object", "orders": list(orders), "total_order_count": total}


async def one(**more):
    answers = answering(lambda _: httpx.Response(200, json=listing(row(1, **more), total=1)))
    (record,) = await orders(answers)
    return bytes(record.payload)


async def queries():
    seen = []

    def note(request):
        seen.append(request)
        return httpx.Response(200, json=listing(total=0))

    assert await orders(answering(note)) == []
    return seen


# The quirks of the sheet (its section "traps"), by number


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_quirk_1_pages_are_counted_by_the_total(monkeypatch, size):
    monkeypatch.setattr(source, "PAGE_SIZE", size)
    app = create_app(world())
    read = await orders(httpx.ASGITransport(app))
    assert set(rows(read)) == set(expected(span().since - ONE_DAY))
    assert app.state.call_log.calls["zid"] == -(-len(read) // size)


async def test_quirk_2_and_8_full_orders_are_requested_by_time_of_update():
    (request,) = await queries()
    params = request.url.params
    assert (params["payload_type"], params["date_attribute"]) == ("default", "updated_at")
    assert all("is_marketplace_order" in each for each in rows(await orders(in_memory())).values())


async def test_a_range_has_an_end_and_starts_a_day_early():
    asked = TimeRange(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 9, 12, tzinfo=UTC))
    seen = []

    def note(request):
        seen.append(request.url.params)
        return httpx.Response(200, json=listing(total=0))

    await orders(answering(note), asked)
    assert seen[0]["date_from"] == "2026-10-31T00:00:00.000+0000"
    assert seen[0]["date_to"] == "2026-11-09T12:00:00.000+0000"


async def test_quirk_3_the_two_secrets_are_used_crosswise():
    async with connected(SOURCE, WHO, answering(lambda _: httpx.Response(200, json={}))) as client:
        (request,) = await queries()
    assert request.headers["x-manager-token"] == client.token.access
    assert request.headers["authorization"] == f"Bearer {client.token.extra['authorization']}"
    assert client.token.access != client.token.extra["authorization"]


async def test_quirk_3_swapped_secrets_are_an_expired_session():
    swapped = Token(access=TOKEN.extra["authorization"], extra={"authorization": TOKEN.access})
    with pytest.raises(TokenExpired):
        await orders(in_memory(), token=swapped)


def test_a_connection_with_one_secret_is_named():
    with pytest.raises(ConfigError, match="missing secret"):
        SOURCE.auth(CREDENTIALS, Token("store"))


@pytest.mark.parametrize(
    ("status", "body"),
    [(302, b""), (307, b""), (200, b"<!doctype html><html>login</html>"), (200, b"\n <html>login</html>")],
)
def test_quirk_4_a_way_to_the_login_page_is_an_expired_session(status, body):
    assert type(refusal(SOURCE, status, body)) is TokenExpired


async def test_quirk_4_redirects_are_never_followed():
    seen = []

    def answers(request):
        seen.append(request.url.path)
        return httpx.Response(302, headers={"location": "/login"})

    with pytest.raises(TokenExpired):
        await orders(answering(answers))
    assert len(seen) == 1


async def test_quirk_4_a_session_that_expires_during_a_read_is_refreshed():
    app = create_app(world(), (Fault("zid", "token_dies", path="orders", calls=(1,)),))
    transport = httpx.ASGITransport(app)
    tokens = SandboxTokens(SOURCE, credentials(WHO.conn_id), transport)
    async with connected(SOURCE, WHO, transport, tokens=tokens) as client:
        read = [one async for page in SOURCE.stream("orders").read(client, WHO, span(), nothing_stored) for one in page]
    assert set(rows(read)) == set(expected(span().since - ONE_DAY))


async def test_quirk_5_times_are_utc_and_stored_unchanged():
    payload = json.loads(await one())
    assert payload["updated_at"] == "2026-11-20 07:00:31"


OFFSET = timedelta(hours=3)


def issued(created, ahead):
    """As an invoice shows the store's clock, `ahead` of created_at."""
    at = datetime.fromisoformat(created) + ahead
    return f"{at:%d-%m-%Y | %I:%M} {'ص' if at.hour < 12 else 'م'}"


async def invoiced(*ahead, zone="Asia/Riyadh"):
    """Orders whose invoices are so much ahead of their created_at."""
    clocks = [f"2026-11-03 {9 + n:02}:14:05" for n in range(len(ahead))]
    found = [
        row(n, created_at=at, issue_date=issued(at, by)) for n, (at, by) in enumerate(zip(clocks, ahead, strict=True))
    ]
    answers = answering(lambda _: httpx.Response(200, json=listing(*found, total=len(found))))
    return await records(SOURCE, replace(WHO, timezone=zone), "orders", answers, span())


async def test_quirk_5_local_times_are_an_error():
    with pytest.raises(ContractError, match="zid's times are in Asia/Riyadh instead of UTC"):
        await invoiced(timedelta(), timedelta(days=2))


@pytest.mark.parametrize(
    ("ahead", "zone"),
    [
        ((OFFSET, timedelta()), "Asia/Riyadh"),
        ((timedelta(), timedelta()), "UTC"),
        ((OFFSET + timedelta(seconds=40),), "Asia/Riyadh"),
    ],
)
async def test_quirk_5_an_invoice_that_is_ahead_by_the_zone_shows_that_clocks_are_utc(caplog, ahead, zone):
    assert len(await invoiced(*ahead, zone=zone)) == len(ahead)
    assert caplog.messages == []


async def test_quirk_5_invoices_that_match_no_zone_are_logged_and_stop_nothing(caplog):
    assert len(await invoiced(timedelta(hours=5))) == 1
    assert "no zid invoice shows the time in Asia/Riyadh" in caplog.text


@pytest.mark.parametrize("issue_date", [None, [], "", "03/11/2026", "99-99-2026 | 12:14 م", 7])
async def test_an_invoice_without_a_readable_date_proves_nothing(caplog, issue_date):
    assert await one(issue_date=issue_date)
    assert caplog.messages == []


async def test_the_sandbox_s_own_invoices_are_read(caplog):
    assert await orders(in_memory())
    assert caplog.messages == []


async def test_quirk_6_amounts_keep_their_fourteen_decimals():
    assert b'"order_total":"350.75000000000000"' in await one()


async def test_quirk_7_both_spellings_of_cancelled_are_kept_as_written():
    for code in ("cancelled", "canceled"):
        assert json.loads(await one(order_status={"code": code, "name": "ملغي"}))["order_status"] == {"code": code}


async def test_a_list_that_moved_is_read_again_until_it_is_whole():
    answers = iter(
        [
            listing(row(1), row(2), total=4),
            listing(row(2), row(3), total=4),
            listing(total=4),
            listing(row(1), row(2, updated="2026-11-21 01:00:00"), total=4),
            listing(row(3), row(4), total=4),
        ]
    )
    read = await orders(answering(lambda _: httpx.Response(200, json=next(answers))))
    assert [record.key for record in read] == ["1", "2", "3", "2", "4"]


async def test_a_list_that_never_holds_what_it_counts_is_given_up():
    asked = []

    def answers(request):
        asked.append(request)
        found = [row(1)] if request.url.params["page"] == "1" else []
        return httpx.Response(200, json=listing(*found, total=2))

    with pytest.raises(TemporaryError, match="listed 1 orders but reported 2"):
        await orders(answering(answers))
    assert len(asked) <= 8


async def test_a_filter_that_is_ignored_is_named():
    answers = answering(lambda _: httpx.Response(200, json=listing(row(1, updated="2024-01-01 00:00:00"), total=1)))
    with pytest.raises(ContractError, match="ignored the filter"):
        await orders(answers)


@pytest.mark.parametrize(("more", "noticed"), [({"utm_source": "snapchat"}, True), ({"referer_code": None}, False)])
async def test_a_new_origin_field_is_logged(caplog, more, noticed):
    await one(**more)
    assert ("zid now returns" in caplog.text) is noticed


async def test_masked_customers_of_a_marketplace_are_not_hashed():
    masked = {"id": 1, "name": "J*** D***", "email": "j***@example.com", "mobile": "96650*****"}
    for more in ({"is_marketplace_order": True}, {"customer": masked}, {"is_marketplace_order": 1}, {"customer": []}):
        assert json.loads(await one(**more))["customer_hash"] is None
    assert len(json.loads(await one())["customer_hash"]) == 64


async def test_empty_objects_that_arrive_as_lists_break_nothing():
    payload = json.loads(await one(payment={"method": [], "invoice": []}, currency=[]))
    assert payload["payment"] == {"method": [], "invoice": []}


async def test_no_personal_data_is_stored():
    text = "".join(bytes(record.payload).decode() for record in await orders(in_memory()))
    assert not [word for word in PERSONAL if word in text]


@pytest.mark.parametrize("name", ["id", "updated_at", "order_total", "order_status", "payment_status"])
async def test_a_missing_field_is_named(name):
    with pytest.raises(ContractError, match=name):
        await orders(in_memory(Fault("zid", "missing_field", field=name)))


# Errors


def session(code):
    return json.dumps({"status": "error", "message": {"type": "error", "code": code, "name": "انتهت"}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, session("ERROR_SESSION_EXPIRED"), TokenExpired),
        (401, session("ERROR_SESSION_INVALID"), TokenExpired),
        (200, session("ERROR_SESSION_EXPIRED"), TokenExpired),
        (401, b"", TokenExpired),
        (401, session("ERROR_SESSION_MISSING"), PermanentError),
        (403, b'{"detail":[{"msg":"scope"}]}', ReauthRequired),
        (404, b'{"error_code":"X"}', PermanentError),
        (400, b'{"status":"error","message":"no"}', PermanentError),
        (422, b"{}", PermanentError),
        (500, b"<html>", TemporaryError),
        (502, b'{"error_code":"ERROR_UPSTREAM"}', TemporaryError),
        (200, b'{"status":"error","message":"no"}', PermanentError),
    ],
)
def test_errors_are_classified_as_documented(status, body, expected):
    assert type(refusal(SOURCE, status, body)) is expected


async def test_a_body_that_was_cut_off_is_temporary():
    with pytest.raises(TemporaryError):
        await orders(in_memory(Fault("zid", "truncated")))


def test_the_wait_of_a_rate_limit_is_read_from_its_header():
    for headers, wait in (({"retry_after": "33"}, 33), ({}, 60)):
        error = refusal(SOURCE, 429, b"{}", **headers)
        assert isinstance(error, RateLimited)
        assert error.retry_after == wait


def test_the_id_of_a_failed_request_is_in_its_error():
    assert "sandbox-7" in str(refusal(SOURCE, 404, b"{}", x_request_id="sandbox-7"))


def test_no_more_than_one_call_a_second():
    assert [(one.scope, one.calls, one.seconds) for one in SOURCE.rate_limits] == [("account", 1, 1)]


# Tokens


def test_a_refresh_needs_the_redirect_uri():
    request = SOURCE.token_refresh.request(CREDENTIALS, TOKEN)
    assert str(request.url) == "https://oauth.zid.sa/oauth/token"
    assert parse_qs(request.read().decode())["redirect_uri"] == ["https://app.example/back"]
    lacking = Credentials("zid", extra={**CREDENTIALS.extra, "redirect_uri": ""})
    with pytest.raises(ConfigError, match="redirect_uri"):
        SOURCE.token_refresh.request(lacking, TOKEN)


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
def test_a_refresh_returns_three_new_secrets(name):
    body = {"access_token": "store2", name: "app2", "refresh_token": "refresh2", "expires_in": 31_536_000}
    token = SOURCE.token_refresh.read(ApiResponse(200, {}, json.dumps(body).encode()), TOKEN, NOW)
    assert (token.access, token.refresh, token.extra) == ("store2", "refresh2", {"authorization": "app2"})
    assert token.expires_at == NOW + timedelta(days=365)


def test_a_refresh_token_is_single_use():
    assert SOURCE.token_refresh.single_use


@pytest.mark.parametrize("status", [400, 401])
def test_an_invalid_refresh_token_requires_reauthorization(status):
    with pytest.raises(ReauthRequired, match="approve the app again"):
        SOURCE.token_refresh.read(ApiResponse(status, {}, b'{"error":"invalid_grant","message":"x"}'), TOKEN, NOW)
