"""Bodies that Meta sends although its documentation does not show them (section "Added 2026-11-30" of its sheet)."""

from __future__ import annotations

import json

import httpx
import pytest

from adsync.errors import ContractError
from adsync.models import ApiResponse, LearnedLimits, RejectedRecord
from adsync.sources.meta import source
from adsync.sources.meta.rate_limits import throttle
from adsync_sandbox.faults.script import Fault
from recording_transport import recording
from sandbox_fixtures import account, answering, connected, in_memory, recent, records

DAY = str(recent("meta").last_day)


def row(campaign="1", spend="5.00", **more):
    return {"campaign_id": campaign, "campaign_name": "c", "spend": spend, "date_start": DAY, "date_stop": DAY, **more}


def pages(*bodies):
    """Answers with one body after the other; the last one again for every further call."""
    remaining = list(bodies)
    return answering(lambda _: httpx.Response(200, json=remaining.pop(0) if len(remaining) > 1 else remaining[0]))


def link(after):
    return f"https://graph.facebook.com/v26.0/act_1/insights?level=campaign&after={after}&access_token=secret"


@pytest.mark.parametrize("paging", [{}, {"cursors": None}, {"cursors": {}}, {"cursors": {"after": None}}])
async def test_a_cursor_that_stands_in_the_link_alone_is_followed(paging):
    first = {"data": [row("1")], "paging": {**paging, "next": link("MjQZD")}}
    transport, asked = recording(pages(first, {"data": [row("2")]}))
    assert [each.key for each in await records("meta", "campaign_metrics", transport)] == [f"1:{DAY}", f"2:{DAY}"]
    assert asked[1].url.params["after"] == "MjQZD"


@pytest.mark.parametrize("cursors", [{"after": "a"}, {}, {"after": "b"}])
async def test_a_last_page_that_links_to_itself_is_the_end(cursors):
    first = {"data": [row("1")], "paging": {"cursors": {"after": "a"}, "next": link("a")}}
    last = {"data": [row("2")], "paging": {"cursors": cursors, "next": link("a")}}
    transport, asked = recording(pages(first, last))
    assert len(await records("meta", "campaign_metrics", transport)) == 2
    assert len(asked) == 2


async def test_an_encoded_cursor_is_sent_as_it_was_meant():
    first = {"data": [row("1")], "paging": {"next": link("Mj%3D%3D")}}
    transport, asked = recording(pages(first, {"data": []}))
    await records("meta", "campaign_metrics", transport)
    assert asked[1].url.params["after"] == "Mj=="


@pytest.mark.parametrize("paging", [None, {"next": None}, {"next": ""}, {"cursors": None}])
async def test_paging_that_is_null_is_the_last_page(paging):
    assert len(await records("meta", "campaigns", pages({"data": [{"id": "1"}], "paging": paging}))) == 1


ONE_PAGE, TWO_PAGES = ([row(), row(spend="7.00")],), ([row()], [row(spend="7.00")])


@pytest.mark.parametrize("bodies", [ONE_PAGE, TWO_PAGES])
async def test_two_rows_of_a_campaign_and_day_are_an_error_that_names_both(bodies):
    def answers(request):
        number = int(request.url.params.get("after", "0"))
        more = {"paging": {"cursors": {"after": str(number + 1)}, "next": link(number + 1)}}
        return httpx.Response(200, json={"data": bodies[number], **(more if number + 1 < len(bodies) else {})})

    with pytest.raises(ContractError, match=rf"two rows of campaign 1 on {DAY}, one with spend 5.00, one with 7.00"):
        await records("meta", "campaign_metrics", answering(answers))


async def test_pages_that_shifted_once_are_read_again():
    shifted = {"data": [row("1"), row("1")]}
    read = await records("meta", "campaign_metrics", pages(shifted, {"data": [row("1"), row("2")]}))
    assert {each.key for each in read} == {f"1:{DAY}", f"2:{DAY}"}


@pytest.mark.parametrize(
    "more", [{"error_code": None}, {"error_code": None, "error_subcode": None, "error_message": None}]
)
async def test_a_run_without_an_error_code_is_ready(more):
    state = {"async_status": "Job Completed", "async_percent_completion": 100, **more}
    who, report = account("meta"), source.SOURCE.stream("campaign_metrics").report
    async with connected(who, pages(state)) as client:
        assert await report.is_ready(client, who, "1")


@pytest.mark.parametrize("percent", ["100", 100.0])
async def test_a_percentage_is_read_in_any_notation(percent):
    state = {"async_status": "Job Completed", "async_percent_completion": percent}
    who, report = account("meta"), source.SOURCE.stream("campaign_metrics").report
    async with connected(who, pages(state)) as client:
        assert await report.is_ready(client, who, "1")


def pause(name, usage):
    return throttle(ApiResponse(200, httpx.Headers({name: json.dumps(usage)}), b"{}"))


@pytest.mark.parametrize("unused", [None, "n/a", {}])
def test_of_a_usage_header_with_an_unreadable_value_the_rest_is_used(unused):
    entry = {"call_count": unused, "total_cputime": 100, "total_time": unused, "estimated_time_to_regain_access": 3}
    assert pause("x-business-use-case-usage", {"1": [entry], "2": unused, "3": [unused]}) == 180
    assert pause("x-ad-account-usage", {"acc_id_util_pct": 99.5, "reset_time_duration": 40, "tier": unused}) == 40
    assert pause("x-ad-account-usage", {"acc_id_util_pct": 99.5, "reset_time_duration": unused}) == 300
    assert pause("x-app-usage", {"call_count": 100, "total_time": unused, "total_cputime": unused}) == 300


@pytest.mark.parametrize("spoiled", [{"campaign_id": None}, {"date_start": "soon"}, {"date_start": {}}])
async def test_a_row_that_cannot_be_read_is_rejected_alone(spoiled):
    read = await records("meta", "campaign_metrics", pages({"data": [row("1"), row("2", **spoiled), row("3")]}))
    assert [each.key for each in read if not isinstance(each, RejectedRecord)] == [f"1:{DAY}", f"3:{DAY}"]
    (rejected,) = [each for each in read if isinstance(each, RejectedRecord)]
    # Any stored row of the days may be the one, so that none is withdrawn.
    assert rejected.key == ""
    assert next(iter(spoiled)) in rejected.excerpt


async def test_a_campaign_that_cannot_be_read_is_rejected_alone():
    read = await records("meta", "campaigns", pages({"data": [{"id": "1"}, {"name": "no id"}, {"id": 3}]}))
    assert [each.key for each in read] == ["1", "", "3"]


async def test_an_account_without_a_name_is_named_by_its_id():
    node = {"account_id": "1", "name": None, "currency": "USD", "timezone_name": "Asia/Riyadh"}
    assert source.SOURCE.account_info(json.dumps(node).encode()).name == "1"


async def test_spend_beyond_the_campaigns_is_a_row_of_its_own():
    def answers(request):
        is_total = request.url.params["level"] == "account"
        rows = [{"spend": "12.50", "date_start": DAY, "date_stop": DAY}] if is_total else [row("1", "5.00")]
        return httpx.Response(200, json={"data": rows})

    who, stream, days = account("meta"), source.SOURCE.stream("campaign_metrics"), recent("meta")
    async with connected(who, answering(answers)) as client:
        rows = stream.read(client, who, days, LearnedLimits())
        *_, rest = [each async for page in stream.completed(client, who, days, rows) for each in page]
    assert rest.key == f"unlisted-of-{who.account_id}:{DAY}"
    assert json.loads(rest.payload)["spend"] == "7.50"


async def test_the_sandbox_s_undocumented_shapes_change_no_record():
    odd = in_memory(Fault("meta", "undocumented_shape"))
    for stream in ("campaigns", "campaign_metrics", "ads"):
        plain = await records("meta", stream, in_memory())
        assert stored(await records("meta", stream, odd)) == stored(plain)


def stored(read):
    return [(each.key, each.day, json.loads(bytes(each.payload))) for each in read]
