"""What is particular about Meta."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

import sandbox_fixtures
from adsync.errors import (
    AdsyncError,
    ConfigError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TooMuchData,
)
from adsync.models import ApiResponse
from adsync.ranges import DateRange
from adsync.sources.meta import pagination, source
from adsync.sources.meta.errors import AccessDenied, CursorLost, ObjectMissing, UnknownError, check
from adsync_sandbox.faults.script import Fault
from recording_transport import recording
from sandbox_fixtures import Pauses, answering, in_memory, pages, recent, records, world

GULF = "902345678902"
FULL = "903456789012"
TODAY = recent("meta").last_day


def problem(code, subcode=None, message="something", **more):
    error = {"code": code, "message": message, **({} if subcode is None else {"error_subcode": subcode}), **more}
    return {"error": error}


def failure(body, status=400, headers=None):
    with pytest.raises(AdsyncError) as caught:
        check(ApiResponse(status, httpx.Headers(headers or {}), json.dumps(body).encode()))
    return caught.value


async def test_exactly_the_days_of_the_range_are_read():
    window = DateRange(TODAY - timedelta(days=3), TODAY)
    days = {record.day for record in await records("meta", "campaign_metrics", in_memory(), asked=window)}
    assert days == {TODAY - timedelta(days=ago) for ago in (1, 2, 3)}


async def test_one_day_is_a_range_with_equal_ends():
    transport, asked = recording(in_memory())
    await records("meta", "campaign_metrics", transport, asked=DateRange(TODAY, TODAY + timedelta(days=1)))
    assert json.loads(asked[0].url.params["time_range"]) == {"since": str(TODAY), "until": str(TODAY)}


@pytest.mark.parametrize("status", ["paused", "archived", "deleted"])
async def test_rows_of_ended_campaigns_are_read(status):
    owner = sandbox_fixtures.account_with("meta", status)
    read = await records(
        "meta", "campaign_metrics", in_memory(), asked=recent("meta", sandbox_fixtures.DAYS, owner), account_id=owner
    )
    delivered = {row.campaign.id for row in world().deliveries(owner) if row.campaign.status == status}
    assert delivered <= {record.key.partition(":")[0] for record in read}


async def test_archived_campaigns_are_listed():
    owner = sandbox_fixtures.account_with("meta", "archived")
    archived = {one.id for one in world().campaigns(owner) if one.status == "archived"}
    assert archived <= {record.key for record in await records("meta", "campaigns", in_memory(), account_id=owner)}


async def test_one_call_covers_all_campaigns_of_the_account():
    transport, asked = recording(in_memory())
    read = await records("meta", "campaign_metrics", transport)
    assert len(read) > 300
    assert len(asked) == 1


async def test_too_much_data_halves_the_page_and_requests_it_again(monkeypatch):
    # The first page is half as large as requested, as pages may be.
    transport, asked = recording(in_memory(Fault("meta", "too_much_data", path="/insights", calls=(2, 3))))
    monkeypatch.setattr(pagination, "PAGE_SIZE", 400)
    read = await records("meta", "campaign_metrics", transport)
    first, second, third, fourth = [request.url.params for request in asked[:4]]
    assert [params["limit"] for params in (first, second, third, fourth)] == ["400", "400", "200", "100"]
    assert second["after"] == third["after"] == fourth["after"]
    keys = [record.key for record in read]
    assert len(keys) == len(set(keys)) == len(world_keys())


def world_keys():
    window = recent("meta")
    rows = world().deliveries(sandbox_fixtures.META)
    return {f"{row.campaign.id}:{row.date}" for row in rows if window.since <= row.date < window.until}


async def test_the_page_does_not_shrink_below_its_smallest_size():
    transport, asked = recording(in_memory(Fault("meta", "too_much_data", path="/insights")))
    with pytest.raises(TooMuchData, match="reduce the amount of data"):
        await records("meta", "campaign_metrics", transport)
    assert [int(request.url.params["limit"]) for request in asked] == [1000, 500, 250, 125, pagination.MIN_PAGE_SIZE]


async def test_the_ready_made_next_link_is_never_followed():
    def answers(request):
        assert request.url.host == "sandbox"
        assert "access_token" not in request.url.params
        more = request.url.params.get("after") is None
        link = {"next": "https://elsewhere.example/?access_token=stolen"} if more else {}
        return httpx.Response(200, json={"data": [], "paging": {"cursors": {"after": "x"}, **link}})

    assert len(await pages("meta", "campaign_metrics", answering(answers))) == 2


async def test_the_token_is_in_the_header_only():
    transport, asked = recording(in_memory())
    await records("meta", "campaigns", transport)
    token = sandbox_fixtures.credentials("meta_acme").password
    assert {request.headers["authorization"] for request in asked} == {f"Bearer {token}"}
    assert not [request for request in asked if token in str(request.url)]


async def test_an_app_secret_proves_every_call():
    assert await records("meta", "campaign_metrics", in_memory(), account_id=FULL)


async def test_a_wrong_app_secret_is_a_permanent_error():
    who, known = sandbox_fixtures.account("meta", FULL), sandbox_fixtures.credentials("meta_juniper")
    wrong = type(known)(known.conn_id, known.host, password=known.password, extra={**known.extra, "app_secret": "no"})
    async with sandbox_fixtures.connected(who, in_memory(), known=wrong) as client:
        with pytest.raises(PermanentError, match="appsecret_proof"):
            [page async for page in source.accounts(client, who)]


async def test_an_account_of_another_token_requires_reauthorization():
    who = sandbox_fixtures.account("meta", GULF)
    async with sandbox_fixtures.connected(who, in_memory(), known=sandbox_fixtures.credentials("meta_acme")) as client:
        with pytest.raises(ReauthRequired, match="grant ads_read"):
            [page async for page in source.accounts(client, who)]


def test_the_usage_header_of_the_business_counts_minutes():
    entries = [{"estimated_time_to_regain_access": 3}, {"estimated_time_to_regain_access": 7}]
    error = failure(problem(80000), headers={"X-Business-Use-Case-Usage": json.dumps({"1": entries[:1], "2": entries})})
    assert (type(error), error.retry_after) == (RateLimited, 420)


def test_the_usage_header_of_the_ad_account_counts_seconds():
    error = failure(problem(17), headers={"X-Ad-Account-Usage": json.dumps({"reset_time_duration": 100})})
    assert (type(error), error.retry_after) == (RateLimited, 100)


@pytest.mark.parametrize("header", ["", "{", "[]", "null", '{"1": null}', '{"1": [{}]}'])
def test_an_unreadable_usage_header_is_ignored(header):
    error = failure(problem(4), headers={"x-business-use-case-usage": header, "x-ad-account-usage": header})
    assert (type(error), error.retry_after) == (RateLimited, None)


MEANINGS = [
    (4, 1504022, RateLimited),
    (17, 2446079, RateLimited),
    (613, 1487742, RateLimited),
    (80004, None, RateLimited),
    (190, 463, ReauthRequired),
    (102, None, ReauthRequired),
    (10, None, AccessDenied),
    (200, None, AccessDenied),
    (294, None, AccessDenied),
    (1, 99, UnknownError),
    (2, 1504044, UnknownError),
    (2601, 1815107, TemporaryError),
    (100, 1487534, TooMuchData),
    (100, 1504018, TooMuchData),
    (2, 1504038, TooMuchData),
    (-3, 1504045, TooMuchData),
    (2, 1504041, PermanentError),
    (2, 1504042, PermanentError),
    (100, None, PermanentError),
    (100, 33, ObjectMissing),
    (100, 3191001, AccessDenied),
    (3, None, ConfigError),
    (104, None, ConfigError),
    (2635, None, ConfigError),
    (2642, None, CursorLost),
    (3018, None, PermanentError),
]


@pytest.mark.parametrize(("code", "subcode", "meaning"), MEANINGS)
def test_a_code_means_what_its_subcode_makes_of_it(code, subcode, meaning):
    assert type(failure(problem(code, subcode))) is meaning


def test_the_type_of_an_error_is_never_read():
    assert type(failure(problem(1, type="OAuthException"))) is UnknownError


def test_a_transient_error_is_temporary_whatever_its_code():
    assert type(failure(problem(4711, is_transient=True))) is TemporaryError


def test_an_error_inside_a_200_is_an_error():
    assert type(failure(problem(190), status=200)) is ReauthRequired


async def test_a_rate_limit_of_an_hour_is_raised():
    pause = Pauses()
    with pytest.raises(RateLimited):
        await records("meta", "campaigns", in_memory(Fault("meta", "rate_limited", wait=3600)), pause=pause)
    assert pause == []
