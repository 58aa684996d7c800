"""What Meta's errors mean at the place of the call: the account they concern, and requests that are too heavy."""

from __future__ import annotations

import httpx
import pytest

import sandbox_fixtures
from adsync.errors import ReauthRequired, ReportLost, TemporaryError, TooMuchData
from adsync.models import LearnedLimits
from adsync.sources.meta import source
from sandbox_fixtures import META, Pauses, answering, recent, records

REPORT = source.SOURCE.stream("campaign_metrics").report
UNKNOWN = [
    {"code": 1, "message": "An unknown error occurred", "error_subcode": 99},
    {"code": 2, "error_subcode": 1504044},
]
DENIED = [{"code": 100, "message": "(#100) Missing permissions"}, {"code": 100, "message": "Unsupported get request."}]


def failing(error, status=500):
    return answering(lambda _: httpx.Response(status, json={"error": error}))


@pytest.mark.parametrize("error", UNKNOWN)
async def test_an_unknown_error_of_insights_is_too_much_data_after_the_clients_own_tries(error):
    pause = Pauses()
    with pytest.raises(TooMuchData, match=f"{error['code']}/{error['error_subcode']}.*may be too heavy"):
        await records("meta", "campaign_metrics", failing(error), pause=pause)
    assert pause[:2] == [0.5, 1.0]


@pytest.mark.parametrize("error", UNKNOWN)
async def test_an_unknown_error_of_insights_halves_the_page(error):
    learned, sizes = LearnedLimits(), []

    def answers(request):
        size = int(request.url.params["limit"])
        sizes.append(size)
        return httpx.Response(500, json={"error": error}) if size > 250 else httpx.Response(200, json={"data": []})

    who = sandbox_fixtures.account("meta")
    async with sandbox_fixtures.connected(who, answering(answers)) as client:
        read = source.SOURCE.stream("campaign_metrics").read(client, who, recent("meta"), learned)
        assert [page async for page in read] == [[]]
    assert sizes == [*[1000] * 3, *[500] * 3, 250]


@pytest.mark.parametrize("error", UNKNOWN)
async def test_an_unknown_error_of_a_listing_is_temporary(error):
    with pytest.raises(TemporaryError) as caught:
        await records("meta", "campaigns", failing(error))
    assert type(caught.value) is TemporaryError


@pytest.mark.parametrize("stream", ["accounts", "campaigns", "campaign_metrics"])
@pytest.mark.parametrize("error", DENIED)
async def test_a_missing_permission_names_account_and_permission(stream, error):
    with pytest.raises(ReauthRequired, match=rf"ad account act_{META}: .*grant ads_read") as caught:
        await records("meta", stream, failing(error, 400))
    assert type(caught.value) is ReauthRequired


async def test_the_rows_of_a_run_that_is_not_known_everywhere_yet_are_read_later():
    who = sandbox_fixtures.account("meta")
    missing = failing({"code": 100, "message": "Unsupported get request.", "error_subcode": 33}, 400)
    async with sandbox_fixtures.connected(who, missing) as client:
        with pytest.raises(TemporaryError):
            [page async for page in REPORT.download(client, who, "6")]


FAILED = {"async_status": "Job Failed", "async_percent_completion": 12}
JOBS = [
    ({}, ReportLost, r"Job Failed$"),
    ({"error_code": None, "error_subcode": None, "error_message": None}, ReportLost, r"Job Failed$"),
    ({"error_code": 2, "error_subcode": 1504043, "error_message": "x"}, ReportLost, r"2/1504043: x"),
    ({"error_code": 2601, "error_user_msg": "Ask for fewer days."}, ReportLost, r"2601/0: Ask for fewer days"),
    ({"error_message": "Try again."}, ReportLost, r"\(Try again\.\)"),
    ({"error_code": 2, "error_subcode": 1504044}, TooMuchData, r"2/1504044"),
    ({"error_code": "-3", "error_subcode": [1504045], "error_user_msg": "Too large."}, TooMuchData, r"-3/1504045: Too"),
]


@pytest.mark.parametrize(("more", "kind", "says"), JOBS)
async def test_a_failed_run_passes_on_code_subcode_and_the_message_for_users(more, kind, says):
    who = sandbox_fixtures.account("meta")
    async with sandbox_fixtures.connected(who, answering(lambda _: httpx.Response(200, json=FAILED | more))) as client:
        with pytest.raises(kind, match=says) as caught:
            await REPORT.is_ready(client, who, "6")
    assert type(caught.value) is kind
