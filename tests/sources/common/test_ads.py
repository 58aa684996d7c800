"""Ad sets and ads of the three ad platforms: all of them, with their campaign, in few calls, and only at night."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import httpx
import psycopg
import pytest

import sandbox_fixtures
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.models import RejectedRecord
from adsync.ranges import DateRange
from adsync_sandbox.generator.ads import ad_sets
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from recording_transport import recording
from sandbox_fixtures import NOW, answering, in_memory, records, serving, world

SNAPCHAT = "8adc3db7-8148-4fbf-999c-8d2266369d01"
WHO = {"meta": sandbox_fixtures.META, "tiktok": sandbox_fixtures.TIKTOK, "snapchat": SNAPCHAT}
# Meta and Snapchat list nothing that was deleted.
HIDDEN = {"meta": {"deleted"}, "snapchat": {"deleted"}, "tiktok": set()}
OK = {"sub_request_status": "SUCCESS"}
WEEK = DateRange(NOW.date() - timedelta(days=6), NOW.date() + timedelta(days=1))


def expected(source):
    """(kind, id): campaign and name."""
    found = {}
    for campaign in world().campaigns(WHO[source]):
        if campaign.status not in HIDDEN[source]:
            found |= {("ad_set", one.id): (campaign.id, one.name) for one in ad_sets.ad_sets(campaign)}
            found |= {("ad", one.id): (campaign.id, one.name) for one in ad_sets.ads(campaign)}
    return found


async def read(source, transport=None):
    rows = await records(source, "ads", transport or in_memory(), account_id=WHO[source])
    return [json.loads(bytes(row.payload)) for row in rows]


@pytest.mark.parametrize("source", WHO)
async def test_every_ad_set_and_ad_is_yielded_once_with_its_campaign(source):
    rows = await read(source)
    assert len(rows) == len(expected(source))
    assert {(row["kind"], row["id"]): (row["campaign_id"], row["name"]) for row in rows} == expected(source)


@pytest.mark.parametrize("source", WHO)
async def test_an_ad_has_its_ad_set_s_id_and_no_other_fields(source):
    rows = await read(source)
    sets = {row["id"] for row in rows if row["kind"] == "ad_set"}
    assert all(set(row) == {"id", "kind", "campaign_id", "parent_id", "name"} for row in rows)
    assert all((row["parent_id"] in sets) is (row["kind"] == "ad") for row in rows)


@pytest.mark.parametrize(("source", "calls"), [("meta", 1), ("tiktok", 1), ("snapchat", 2)])
async def test_a_listing_is_as_few_calls_as_there_are(source, calls):
    transport, asked = recording(httpx.ASGITransport(create_app(world(), (), Behavior(short_first_pages=False))))
    await read(source, transport)
    assert len(asked) == calls


async def test_ads_of_a_deleted_squad_are_omitted():
    def answers(request):
        if request.url.path.endswith("/adsquads"):
            listed = {"adsquads": [{"sub_request_status": "SUCCESS", "adsquad": {"id": "s1", "campaign_id": "c1"}}]}
        else:
            ads = [{"id": "a1", "ad_squad_id": "s1", "name": "x"}, {"id": "a2", "ad_squad_id": "gone"}]
            listed = {"ads": [{"sub_request_status": "SUCCESS", "ad": ad} for ad in ads]}
        return httpx.Response(200, json={"request_status": "SUCCESS", **listed})

    assert [row["id"] for row in await read("snapchat", answering(answers))] == ["s1", "a1"]


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("meta", {"data": [{"id": "1", "name": "x", "adset_id": "2"}]}),
        ("tiktok", {"code": 0, "data": {"list": [{"ad_id": "1", "adgroup_id": "2"}], "page_info": {"total_page": 1}}}),
        (
            "snapchat",
            {"request_status": "SUCCESS", "adsquads": [{"adsquad": {"id": "1"}}], "ads": []},
        ),
    ],
)
async def test_a_child_without_a_campaign_is_rejected_alone(source, body):
    transport = answering(lambda _: httpx.Response(200, json=body))
    (rejected,) = await records(source, "ads", transport, account_id=WHO[source])
    assert isinstance(rejected, RejectedRecord)
    assert "campaign_id" in rejected.reason


# When they are read


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, *WHO.values())
    return warehouse_url


LISTINGS = ("/ads", "/adsquads", "/ad/get")
HOURS = {0: None, 25: None, 26: WEEK, 27: WEEK, 50: WEEK}


def sandbox(asked):
    """The sandbox over HTTP; requests for its listings of ads are recorded."""
    app = create_app(world(), (), Behavior(short_first_pages=False))

    async def noted(scope, receive, send):
        if scope["path"].rstrip("/").endswith(LISTINGS):
            asked.append(scope["path"])
        await app(scope, receive, send)

    return serving(noted)


def sync(url, base, source, window, now):
    environment = SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now)
    request = SyncRequest(source, (WHO[source],), str(now), days=window, respect_backoff=False)
    for _ in range(5):
        [outcome] = asyncio.run(sync_accounts(request, environment)).accounts
        if outcome.outcome != "waiting":
            break
    assert outcome.outcome == "ok", outcome.error


@pytest.mark.parametrize(("source", "calls"), [("meta", 1), ("tiktok", 1), ("snapchat", 2)])
def test_neither_a_first_sync_nor_an_hourly_one_reads_them_and_a_re_read_does_once_a_day(url, source, calls):
    asked, counted = [], []
    with sandbox(asked) as base:
        for hours, window in HOURS.items():
            sync(url, base, source, window, NOW + timedelta(hours=hours))
            counted.append(len(asked))
    assert counted == [0, 0, calls, calls, 2 * calls]
    with psycopg.connect(url) as connection:
        [(stored,)] = connection.execute(f"select count(*) from raw.{source}_ads").fetchall()
    assert stored == len(expected(source))
