import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsync.errors import (
    ConfigError,
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    TooMuchData,
)
from adsync.models import Account, ApiResponse, Credentials, Token
from adsync.ranges import DateRange
from adsync.sources.snapchat.errors import EntityGone
from adsync.sources.snapchat.source import SOURCE
from adsync.sources.snapchat.stats import params as stats_params
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from reading import SandboxTokens, connected, owner, records, refusal, window
from sandbox_fixtures import Pauses, answering, credentials, in_memory, world

ACME, JUNIPER = "8adc3db7-8148-4fbf-999c-8d2266369d01", "c55a8f6e-92e1-4a0e-9d0f-2f1f6f1e2a03"
WHO = owner("snapchat", ACME)
CREDENTIALS = Credentials(
    "snap", password="access", extra={"refresh_token": "refresh", "client_id": "app", "client_secret": "hush"}
)
TOKEN = Token("access", "refresh")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def asked(account_id=ACME, days=30):
    return window(world().today(owner("snapchat", account_id).timezone), days)


def expected(account_id=ACME, days=30):
    since = asked(account_id, days).since
    return {f"{row.campaign.id}:{row.date}": row for row in world().deliveries(account_id) if row.date >= since}


async def metrics(transport, account_id=ACME, days=30, **more):
    who = owner("snapchat", account_id)
    return await records(SOURCE, who, "campaign_metrics", transport, asked(account_id, days), **more)


def sandbox(*faults, **settings):
    """An app whose calls can be counted, and the way into it."""
    app = create_app(world(), faults, Behavior(**settings))
    return app, httpx.ASGITransport(app)


@pytest.mark.parametrize("account_id", [ACME, JUNIPER])
async def test_every_campaign_day_is_yielded_once_with_unchanged_micros(account_id):
    read = await metrics(in_memory(), account_id)
    rows = {record.key: json.loads(bytes(record.payload)) for record in read}
    assert len(read) == len(rows)
    assert set(rows) == set(expected(account_id))
    for key, row in expected(account_id).items():
        assert rows[key]["stats"]["spend"] == row.spend * 10_000
        assert isinstance(rows[key]["stats"]["spend"], int)


async def test_a_whole_first_read_of_thirty_days_is_four_calls():
    app, transport = sandbox(short_first_pages=False)
    for stream, span in (("accounts", ()), ("campaigns", ()), ("campaign_metrics", (asked(),))):
        await records(SOURCE, WHO, stream, transport, *span)
    assert app.state.call_log.calls["snapchat"] == 4


async def test_the_campaigns_of_every_page_are_listed_but_the_deleted_ones():
    read = await records(SOURCE, WHO, "campaigns", in_memory())
    assert {one.key for one in read} == {one.id for one in world().campaigns(ACME) if one.status != "deleted"}


async def test_the_account_has_its_currency_and_time_zone():
    (record,) = await records(SOURCE, owner("snapchat", JUNIPER), "accounts", in_memory())
    assert SOURCE.account_info(record.payload) == ("Juniper Snap", "USD", "America/New_York")


# The quirks of the sheet (its section "traps"), by number


ZONES = ["America/New_York", "Europe/Berlin", "Asia/Riyadh", "Asia/Kolkata", "Australia/Lord_Howe"]


@given(st.sampled_from(ZONES), st.dates(date(2024, 1, 1), date(2027, 12, 1)), st.integers(1, 31))
def test_quirk_1_and_12_boundaries_are_local_midnights_with_the_offset_of_their_own_day(zone, since, days):
    who = Account("w", "snapchat", "id", "conn", timezone=zone)
    params = stats_params(who, DateRange(since, since + timedelta(days=days)))
    for text, day in ((params["start_time"], since), (params["end_time"], since + timedelta(days=days))):
        at = datetime.fromisoformat(text)
        assert (at.date(), at.hour, at.minute, at.second) == (day, 0, 0, 0)
        assert at.utcoffset() == at.astimezone(ZoneInfo(zone)).utcoffset()


async def test_quirk_1_a_range_over_the_end_of_daylight_saving_is_read_in_full():
    read = await metrics(in_memory(), JUNIPER, days=31)
    assert {record.key for record in read} == set(expected(JUNIPER, 31))


def test_quirk_2_no_range_is_longer_than_the_platform_accepts():
    assert SOURCE.stream("campaign_metrics").max_days <= 31


def test_quirk_5_the_attribution_windows_are_named_and_an_account_may_choose():
    params = stats_params(WHO, asked())
    assert params["swipe_up_attribution_window"] == "28_DAY"
    assert params["action_report_time"] == "conversion"
    chosen = Account("w", "snapchat", "id", "c", options={"action_report_time": "impression"})
    assert stats_params(chosen, asked())["action_report_time"] == "impression"


def test_conversion_fields_are_requested_without_the_suffix_of_a_source():
    params = stats_params(WHO, asked())
    assert "conversion_source_types" not in params
    assert "conversion_purchases_value" in params["fields"].split(",")


async def test_quirk_6_only_spend_is_requested_of_the_account():
    queries = []

    def note(request):
        queries.append(dict(request.url.params))
        stat = {"timeseries": [], "breakdown_stats": {"campaign": []}}
        return httpx.Response(200, json=stats(stat))

    await metrics(answering(note))
    assert [query["fields"] for query in queries if "breakdown" not in query] == ["spend"]


def stats(*parts, status="SUCCESS"):
    items = [{"sub_request_status": "SUCCESS", "timeseries_stat": part} for part in parts]
    return {"request_status": status, "timeseries_stats": items}


def day(spend, of="2026-11-20"):
    return {"start_time": f"{of}T00:00:00.000+03:00", "end_time": "x", "stats": {"spend": spend}}


async def test_quirk_7_micros_beyond_what_a_float_holds_keep_every_digit():
    huge = 9_007_199_254_740_993

    def answers(request):
        if "breakdown" in request.url.params:
            return httpx.Response(
                200, json=stats({"breakdown_stats": {"campaign": [{"id": "c", "timeseries": [day(huge)]}]}})
            )
        return httpx.Response(200, json=stats({"timeseries": [day(huge)]}))

    (record,) = await metrics(answering(answers))
    assert f'"spend":{huge}'.encode() in bytes(record.payload)


async def test_quirk_8_a_token_that_expires_during_a_read_is_refreshed_and_the_call_sent_again():
    _, transport = sandbox(Fault("snapchat", "token_dies", path="/stats", calls=(2,)))
    known = credentials(WHO.conn_id)
    read = await metrics(transport, known=known, tokens=SandboxTokens(SOURCE, known, transport))
    assert {record.key for record in read} == set(expected())


async def test_quirk_9_the_link_inside_the_stat_object_is_followed():
    app, transport = sandbox(snapchat_stats_page=3)
    assert {record.key for record in await metrics(transport)} == set(expected())
    assert app.state.call_log.calls["snapchat"] > 3


async def test_quirk_9_an_empty_breakdown_is_replaced_by_the_csv():
    pause = Pauses()
    _, transport = sandbox(snapchat_most_in_breakdown=1)
    read = await metrics(transport, pause=pause)
    assert {record.key for record in read} == set(expected())
    assert set(pause) == {2.0}
    row = json.loads(bytes(read[0].payload))
    assert row["stats"]["spend"] == expected()[read[0].key].spend * 10_000
    assert row["start_time"].endswith("+03:00")


@pytest.mark.parametrize("kind", ["job_failed", "job_stuck"])
async def test_quirk_9_without_a_csv_campaigns_are_read_one_by_one(kind):
    pause = Pauses()
    broken = (Fault("snapchat", kind, path="stats_report"), Fault("snapchat", "empty_breakdown"))
    read = await metrics(in_memory(*broken), JUNIPER, pause=pause)
    assert {record.key for record in read} == set(expected(JUNIPER))
    assert sum(pause) <= 20


UNREADABLE = (Fault("snapchat", "job_failed", path="stats_report"), Fault("snapchat", "empty_breakdown"))


def spent_by_day(rows):
    days = {}
    for each in rows:
        days[each.day] = days.get(each.day, 0) + json.loads(bytes(each.payload))["stats"].get("spend", 0)
    return days


async def test_quirk_11_spend_of_a_deleted_campaign_is_a_row_of_its_own(caplog):
    deleted = {one.id for one in world().campaigns(ACME) if one.status == "deleted"}
    gone = {key: row for key, row in expected().items() if row.campaign.id in deleted and row.spend}
    assert gone
    read = await metrics(in_memory(*UNREADABLE))
    rest = {record.day: json.loads(bytes(record.payload)) for record in read if record.key.startswith("unlisted-of-")}
    assert {day: row["stats"] for day, row in rest.items()} == {
        row.date: {"spend": row.spend * 10_000} for row in gone.values()
    }
    assert {record.key for record in read if record.day not in rest} <= set(expected())
    assert spent_by_day(read) == spent_by_day(await metrics(in_memory()))
    assert all(
        "tells of no campaign" in row["campaign_name"] and row["finalized_data_end_time"] for row in rest.values()
    )
    assert (
        f"on {len(rest)} days the account spent more than its campaigns; stored as campaign unlisted-of-{ACME}"
        in caplog.text
    )


async def test_rows_of_all_ways_of_reading_are_combined_if_none_is_complete():
    def answers(request):
        path, params = request.url.path, request.url.params
        if path.endswith("/campaigns"):
            listed = [{"sub_request_status": "SUCCESS", "campaign": {"id": "alone"}}]
            return httpx.Response(200, json={"request_status": "SUCCESS", "campaigns": listed})
        if "async" in params:
            return httpx.Response(200, json={"request_status": "SUCCESS", "async_stats_reports": []})
        if "breakdown" in params:
            inside = {"breakdown_stats": {"campaign": [{"id": "split", "timeseries": [day(30)]}]}}
            return httpx.Response(200, json=stats(inside))
        return httpx.Response(200, json=stats({"timeseries": [day(20 if "campaigns/" in path else 100)]}))

    read = {
        record.key.partition(":")[0]: json.loads(bytes(record.payload)) for record in await metrics(answering(answers))
    }
    assert {key: row["stats"]["spend"] for key, row in read.items()} == {
        "split": 30, "alone": 20, f"unlisted-of-{ACME}": 50,
    }  # fmt: skip


async def test_campaigns_with_more_spend_than_their_account_are_an_error():
    def answers(request):
        if request.url.path.endswith("/campaigns"):
            return httpx.Response(200, json={"request_status": "SUCCESS", "campaigns": []})
        if "async" in request.url.params:
            return httpx.Response(200, json={"request_status": "SUCCESS", "async_stats_reports": []})
        inside = {"breakdown_stats": {"campaign": [{"id": "c", "timeseries": [day(101)]}]}}
        return httpx.Response(
            200, json=stats(inside if "breakdown" in request.url.params else {"timeseries": [day(100)]})
        )

    with pytest.raises(TemporaryError, match="campaigns sum to 101 micros on 2026-11-20, the account to 100; nothing"):
        await metrics(answering(answers))


async def test_spend_that_grows_during_a_read_is_not_a_mismatch():
    told = iter([100, 110])

    def answers(request):
        if "breakdown" in request.url.params:
            return httpx.Response(
                200, json=stats({"breakdown_stats": {"campaign": [{"id": "c", "timeseries": [day(105)]}]}})
            )
        return httpx.Response(200, json=stats({"timeseries": [day(next(told))]}))

    assert len(await metrics(answering(answers))) == 1


@pytest.mark.parametrize(
    ("stream", "path", "span"), [("campaigns", "/campaigns", ()), ("campaign_metrics", "/stats", (asked(),))]
)
async def test_quirk_10_an_item_that_failed_inside_a_200_fails_the_read(stream, path, span):
    with pytest.raises(TemporaryError, match="internal error"):
        await records(SOURCE, WHO, stream, in_memory(Fault("snapchat", "partial_success", path=path)), *span)


async def test_quirk_10_an_error_inside_a_200_is_raised():
    with pytest.raises(PermanentError, match="E1008"):
        await metrics(in_memory(Fault("snapchat", "error_inside", path="/stats")))


@pytest.mark.parametrize("status", ["success", "SUCCESS", "Success"])
def test_quirk_10_statuses_are_read_in_any_case(status):
    assert refusal(SOURCE, 200, json.dumps({"request_status": status}).encode()) is None


async def test_quirk_11_deleted_campaigns_keep_their_rows():
    deleted = {one.id for one in world().campaigns(ACME) if one.status == "deleted"}
    read = {record.key.partition(":")[0] for record in await metrics(in_memory(), days=31)}
    assert deleted & {key.partition(":")[0] for key in expected(days=31)} <= read


async def test_the_day_is_the_date_as_written_not_in_utc():
    def answers(request):
        inside = {"breakdown_stats": {"campaign": [{"id": "c", "timeseries": [day(1)]}]}}
        return httpx.Response(
            200, json=stats(inside if "breakdown" in request.url.params else {"timeseries": [day(1)]})
        )

    (record,) = await metrics(answering(answers))
    assert record.day == date(2026, 11, 20)


async def test_a_link_to_another_host_is_an_error_and_gets_no_token():
    hosts = []

    def answers(request):
        hosts.append(request.url.host)
        return httpx.Response(
            200,
            json={
                "request_status": "SUCCESS",
                "paging": {"next_link": "https://evil.example/v1/x?cursor=1"},
                "campaigns": [],
            },
        )

    with pytest.raises(ContractError, match=r"evil\.example"):
        await records(SOURCE, WHO, "campaigns", answering(answers))
    assert set(hosts) == {"sandbox"}


async def test_a_signed_address_gets_no_token():
    seen = {}

    def note(request):
        seen[request.url.host] = request.headers.get("authorization")
        return httpx.Response(200, json={"request_status": "SUCCESS"})

    async with connected(SOURCE, WHO, answering(note)) as client:
        await client.get("adaccounts/1")
        await client.get("https://storage.example/report?signature=1")
    assert seen == {"sandbox": f"Bearer {client.token.access}", "storage.example": None}


def api_error(code, message="no"):
    return json.dumps({"request_status": "ERROR", "debug_message": message, "error_code": code}).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, api_error(""), TokenExpired),
        (403, api_error("", "You have no role on this ad account."), ReauthRequired),
        (404, api_error("E3003"), EntityGone),
        (400, api_error("E1008"), PermanentError),
        (400, api_error("E1001"), PermanentError),
        (410, api_error(""), PermanentError),
        (500, b"<html>", TemporaryError),
        (503, api_error(""), TemporaryError),
        (504, b"", TooMuchData),
        (200, b'{"request_status":"ERROR","debug_message":"it broke"}', TemporaryError),
    ],
)
def test_errors_are_classified_as_documented(status, body, expected):
    assert type(refusal(SOURCE, status, body)) is expected


def test_a_403_is_never_retried():
    assert isinstance(refusal(SOURCE, 403, b"<html>"), PermanentError)
    assert isinstance(refusal(SOURCE, 403, api_error("")), PermanentError)


def test_the_wait_of_a_rate_limit_is_read_from_its_headers():
    reset = {"x_rate_limit_reset": str(int(NOW.timestamp()) + 30), "date": "Sun, 22 Nov 2026 12:00:00 GMT"}
    for headers, wait in (({"retry_after": "7"}, 7), (reset, 30), ({}, 60)):
        error = refusal(SOURCE, 429, b"", **headers)
        assert isinstance(error, RateLimited)
        assert error.retry_after == wait


# Tokens


def test_a_refresh_is_a_form_with_the_refresh_token():
    request = SOURCE.token_refresh.request(CREDENTIALS, TOKEN)
    assert (request.method, str(request.url)) == ("POST", "https://accounts.snapchat.com/login/oauth2/access_token")
    assert {key: value[0] for key, value in parse_qs(request.read().decode()).items()} == {
        "grant_type": "refresh_token", "refresh_token": "refresh", "client_id": "app", "client_secret": "hush",
    }  # fmt: skip


def granted(**body):
    return ApiResponse(200, {}, json.dumps({"access_token": "new", "expires_in": 1800, **body}).encode())


def test_a_new_token_expires_as_reported_and_keeps_the_refresh_token():
    token = SOURCE.token_refresh.read(granted(), TOKEN, NOW)
    assert (token.access, token.refresh, token.expires_at) == ("new", "refresh", NOW + timedelta(seconds=1800))


def test_a_new_refresh_token_replaces_the_old_one():
    assert SOURCE.token_refresh.read(granted(refresh_token="next"), TOKEN, NOW).refresh == "next"


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "invalid_grant", ReauthRequired),
        (401, "invalid_grant", ReauthRequired),
        (401, "invalid_client", ConfigError),
    ],
)
def test_an_invalid_refresh_token_requires_reauthorization(status, code, expected):
    body = json.dumps({"error": code, "error_description": "revoked"}).encode()
    with pytest.raises(expected):
        SOURCE.token_refresh.read(ApiResponse(status, {}, body), TOKEN, NOW)


def test_the_limits_are_those_of_the_app_and_of_the_token():
    assert {(one.scope, one.calls, one.seconds) for one in SOURCE.rate_limits} == {("app", 20, 1), ("token", 10, 1)}
