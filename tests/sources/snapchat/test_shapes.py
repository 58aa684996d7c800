"""Bodies that Snapchat sends although its documentation does not show them ("Added 2026-11-30" of its sheet)."""

from __future__ import annotations

import json

import httpx
import pytest

from adsync.errors import ContractError, TemporaryError
from adsync.models import RejectedRecord
from adsync.sources.snapchat.source import SOURCE
from adsync_sandbox.faults.script import Fault
from reading import owner, records, window
from sandbox_fixtures import answering, in_memory, world

ACCOUNT = "8adc3db7-8148-4fbf-999c-8d2266369d01"
WHO = owner("snapchat", ACCOUNT)
DAYS = window(world().today(WHO.timezone), 30)
ON = str(DAYS.last_day)


def day(spend, **more):
    return {"start_time": f"{ON}T00:00:00.000+03:00", "stats": {"impressions": 5, "spend": spend}, **more}


def stats(stat, **item):
    return {"request_status": "SUCCESS", "timeseries_stats": [{"timeseries_stat": stat, **item}]}


def part(campaign, *days):
    return {"id": campaign, "timeseries": list(days)}


async def metrics(account, breakdown, **others):
    """Rows of a read; the account's own stats, its breakdown, and responses by another part of the path or query."""

    def answers(request):
        url = str(request.url)
        for name, body in others.items():
            if name in url:
                return body if isinstance(body, httpx.Response) else httpx.Response(200, json=body)
        return httpx.Response(200, json=breakdown if "breakdown" in url else account)

    return await records(SOURCE, WHO, "campaign_metrics", answering(answers), DAYS)


def spends(read):
    return {row.key.partition(":")[0]: json.loads(bytes(row.payload))["stats"].get("spend") for row in read}


async def test_paging_that_is_null_is_the_last_page():
    body = {"request_status": "SUCCESS", "paging": None, "campaigns": [{"campaign": {"id": "c"}}]}
    read = await records(SOURCE, WHO, "campaigns", answering(lambda _: httpx.Response(200, json=body)))
    assert [each.key for each in read] == ["c"]


@pytest.mark.parametrize("status", [{}, {"sub_request_status": None}, {"sub_request_status": "SUCCESS"}])
async def test_an_item_without_a_status_is_a_success(status):
    whole, split = {"timeseries": [day(7)]}, {"breakdown_stats": {"campaign": [part("c", day(7))]}}
    assert spends(await metrics(stats(whole, **status), stats(split, **status))) == {"c": 7}


async def test_an_item_with_another_status_still_fails():
    with pytest.raises(TemporaryError, match="an item failed"):
        await metrics(stats({}), stats({}, sub_request_status="ERROR"))


@pytest.mark.parametrize("whole", [{"timeseries": None}, {"timeseries": []}, {}])
@pytest.mark.parametrize(
    "split",
    [
        {"breakdown_stats": None},
        {"breakdown_stats": {"campaign": None}},
        {"breakdown_stats": {"campaign": [{"id": "c", "timeseries": None}]}},
        {"timeseries": None, "breakdown_stats": {"campaign": [part("c", day(None) | {"stats": None})]}},
    ],
)
async def test_null_stands_for_no_stats(whole, split):
    assert await metrics(stats(whole), stats(split)) == []


@pytest.mark.parametrize(
    ("spend", "account"), [(214870000.0, 214870000), ("214870000", 214870000.0), (214870000.5, "214870000.5")]
)
async def test_micros_are_read_in_any_notation_and_stored_as_they_arrived(spend, account):
    split = {"breakdown_stats": {"campaign": [part("c", day(spend))]}}
    assert spends(await metrics(stats({"timeseries": [day(account)]}), stats(split))) == {"c": spend}


@pytest.mark.parametrize("spend", [None, "n/a", {}])
async def test_a_spend_that_cannot_be_read_is_in_the_remainder(spend):
    split = {"breakdown_stats": {"campaign": [part("c", day(spend))]}}
    nothing = {"request_status": "SUCCESS", "campaigns": [], "async_stats_reports": []}
    read = await metrics(
        stats({"timeseries": [day(9.5)]}), stats(split), **{"async=true": nothing, "campaigns": nothing}
    )
    assert spends(read) == {"c": spend, f"unlisted-of-{ACCOUNT}": 9.5}


def report(**run):
    return {"request_status": "SUCCESS", "async_stats_reports": [{"async_stats_report": run}]}


async def test_a_report_whose_items_have_no_status_is_read():
    url = "https://storage.example/signed"
    csv = f"Campaign ID,Start Time,Impressions,Spend\nc,{ON},5,9000000\n"
    read = await metrics(
        stats({"timeseries": [day(9_000_000)]}),
        stats({"breakdown_stats": None}),
        **{
            "async=true": report(report_run_id="1", async_status="STARTED"),
            "stats_report": report(report_run_id="1", async_status="COMPLETED", result=url),
            "storage.example": httpx.Response(200, text=csv),
        },
    )
    assert spends(read) == {"c": 9_000_000}


@pytest.mark.parametrize(
    "broken", [{"request_status": "SUCCESS"}, {"request_status": "SUCCESS", "async_stats_reports": [{"other": 1}]}]
)
async def test_campaigns_are_read_one_by_one_after_a_report_of_another_shape(broken):
    read = await metrics(
        stats({"timeseries": [day(9)]}),
        stats({"breakdown_stats": None}),
        **{
            "async=true": broken,
            "/campaigns/": stats({"timeseries": [day(9)]}),
            "/campaigns": {"request_status": "SUCCESS", "campaigns": [{"campaign": {"id": "c"}}]},
        },
    )
    assert spends(read) == {"c": 9}


@pytest.mark.parametrize("spoiled", [part(None, day(2)), part("c2", day(2, start_time="soon")), part("c2", 5), 5])
async def test_stats_that_cannot_be_read_are_rejected_alone(spoiled):
    split = {"breakdown_stats": {"campaign": [part("c1", day(7)), spoiled]}}
    read = await metrics(stats({"timeseries": [day(7)]}), stats(split))
    assert spends([each for each in read if not isinstance(each, RejectedRecord)]) == {"c1": 7}
    # Any stored row of the days may be the one, so that none is withdrawn.
    assert [each.key for each in read if isinstance(each, RejectedRecord)] == [""]


async def test_stats_of_another_shape_in_every_campaign_are_an_error():
    split = {
        "breakdown_stats": {"campaign": [part("c1", {"stats": {"spend": 3}}), part("c2", {"stats": {"spend": 4}})]}
    }
    with pytest.raises(ContractError, match="start_time"):
        await metrics(stats({"timeseries": [day(7)]}), stats(split))


async def test_an_entity_that_cannot_be_read_is_rejected_alone():
    listed = [{"campaign": {"id": "c"}}, {"campaign": {"name": "no id"}}, {"campaign": {"id": 7}}]
    body = {"request_status": "SUCCESS", "campaigns": listed}
    read = await records(SOURCE, WHO, "campaigns", answering(lambda _: httpx.Response(200, json=body)))
    assert [each.key for each in read] == ["c", "", "7"]


def test_an_account_without_a_name_is_named_by_its_id():
    payload = json.dumps({"id": "a", "name": None, "currency": "USD", "timezone": "Asia/Riyadh"}).encode()
    assert SOURCE.account_info(payload).name == "a"


async def test_the_sandbox_s_undocumented_shapes_change_no_record():
    odd = in_memory(Fault("snapchat", "undocumented_shape"))
    for stream, days in (("campaigns", ()), ("campaign_metrics", (DAYS,)), ("ads", ())):
        plain = await records(SOURCE, WHO, stream, in_memory(), *days)
        assert {each.key for each in await records(SOURCE, WHO, stream, odd, *days)} == {each.key for each in plain}
