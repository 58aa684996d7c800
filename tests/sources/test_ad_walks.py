"""Ad platforms whose rows change, appear and vanish while their pages are read.

A read either contains every row that existed all the time, each once, or fails with an error that is retried.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import httpx
import pytest

from adsync.errors import TemporaryError
from adsync.models import Account, Credentials, LearnedLimits
from adsync.ranges import DateRange
from adsync.sources.meta import pagination as meta_pagination
from adsync.sources.meta.source import SOURCE as META
from adsync.sources.tiktok import api as tiktok_api
from adsync.sources.tiktok.source import SOURCE as TIKTOK
from reading import connected

DAYS = DateRange(date(2026, 11, 1), date(2026, 11, 8))
PAGE = 20


class Report:
    """Campaign days with a spend each; after some pages a row appears or vanishes, or a spend grows."""

    def __init__(self, seed: int, kind: str) -> None:
        self.chance, self.kind, self.calls = random.Random(seed), kind, 0  # noqa: S311
        days = [DAYS.since + timedelta(days=each) for each in range(7)]
        self.rows = {(campaign, day): 100 for campaign in range(1000, 1015) for day in days}
        self.throughout = set(self.rows)

    def page(self, start: int, size: int) -> list[tuple[int, date]]:
        shown = sorted(self.rows)[start : start + size]
        self.calls += 1
        if self.calls in {2, 4}:
            self.change()
        return shown

    def change(self) -> None:
        row = self.chance.choice(sorted(self.rows))
        if self.kind == "appears":
            self.rows[self.chance.randrange(900, 1200), DAYS.since] = 100
        elif self.kind == "vanishes":
            del self.rows[row]
            self.throughout.discard(row)
        else:
            self.rows[row] += 1


def tiktok(report: Report, request: httpx.Request) -> httpx.Response:
    params = request.url.params
    number, size = int(params["page"]), int(params["page_size"])
    total = len(report.rows)
    rows = [
        {"dimensions": {"campaign_id": str(campaign), "stat_time_day": f"{day} 00:00:00"},
         "metrics": {"spend": str(report.rows.get((campaign, day), 100))}}
        for campaign, day in report.page((number - 1) * size, size)
    ]  # fmt: skip
    info = {"page": number, "page_size": size, "total_number": total, "total_page": -(-total // size)}
    return httpx.Response(200, json={"code": 0, "message": "OK", "data": {"list": rows, "page_info": info}})


def meta(report: Report, request: httpx.Request) -> httpx.Response:
    """A cursor is the last row: rows that appear or vanish before it move no other."""
    params = request.url.params
    after, size = json.loads(params.get("after", '[0, ""]')), int(params["limit"])
    following = [row for row in sorted(report.rows) if [row[0], str(row[1])] > after]
    shown = following[:size]
    data = [
        {
            "campaign_id": str(campaign),
            "date_start": str(day),
            "date_stop": str(day),
            "spend": str(report.rows[campaign, day]),
        }
        for campaign, day in shown
    ]
    report.page(0, size)
    cursor = json.dumps([shown[-1][0], str(shown[-1][1])]) if shown else ""
    paging = {"cursors": {"after": cursor}, **({"next": "https://x.example"} if len(following) > size else {})}
    return httpx.Response(200, json={"data": data, "paging": paging})


CASES = [(TIKTOK, tiktok, "7000000000000000002"), (META, meta, "901234567891")]


@pytest.mark.parametrize("kind", ["appears", "vanishes", "grows"])
@pytest.mark.parametrize(("source", "answers", "account"), CASES, ids=["tiktok", "meta"])
@pytest.mark.parametrize("seed", range(4))
async def test_a_read_has_every_row_once_or_is_repeated(monkeypatch, source, answers, account, kind, seed):
    monkeypatch.setattr(tiktok_api, "PAGE_SIZE", PAGE)
    monkeypatch.setattr(meta_pagination, "PAGE_SIZE", PAGE)
    report = Report(seed, kind)
    who = Account("w", source.name, account, "ads", timezone="UTC")
    transport = httpx.MockTransport(lambda request: answers(report, request))
    known = Credentials("ads", password="token", extra={"access_token": "token"})
    for _ in range(5):
        try:
            rows = await read(source, who, transport, known)
            break
        except TemporaryError:
            continue
    wanted = {f"{campaign}:{day}" for campaign, day in report.throughout}
    assert wanted <= set(rows)


async def read(source, who, transport, known):
    found = {}
    async with connected(source, who, transport, known=known) as client:
        async for page in source.stream("campaign_metrics").read(client, who, DAYS, LearnedLimits()):
            found |= {record.key: record.payload for record in page}
    return found
