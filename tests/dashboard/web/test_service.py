from __future__ import annotations

import psycopg
import pytest
import redis
from dbt_process import dbt

from adsync.dashboard.cache import refresh
from adsync.dashboard.snapshot import FIGURES, META, PERIODS, snapshots
from adsync.dashboard.web.queries.campaigns import PAGE_ROWS
from adsync.dashboard.web.service import VIEWS
from page_world import CAMPAIGNS, MANY, MANY_CAMPAIGNS, RIYADH, SNAPCHAT

ENVELOPE = {"view", "period", "workspace", "workspaces", "periods", "meta", "charts", "missing", "read_at", "data"}


async def ask(page, question: str) -> dict:
    answer = await page.get(f"/api/{question}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_has_the_same_envelope(page, view):
    answer = await ask(page, f"{view}?workspace=acme&campaign=meta:{RIYADH}")
    assert set(answer) == ENVELOPE
    assert answer["missing"] == []
    zone = {"currency": "SAR", "timezone": "Asia/Riyadh"}
    assert answer["workspace"] == {"id": "acme", "name": "Oasis Trading", **zone}
    assert answer["workspaces"] == [{"id": "krona", "name": "Krona"}, {"id": "acme", "name": "Oasis Trading"}]
    assert answer["periods"]["7_days"] == {"first_day": "2026-11-16", "last_day": "2026-11-22", "complete": False}
    assert set(answer["meta"]) == set(META)


@pytest.mark.parametrize("view", VIEWS)
async def test_a_view_lists_missing_marts_before_the_first_transform(empty_page, warehouse_url, view):
    with psycopg.connect(warehouse_url) as db:
        db.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('new', 'New', 'SAR', 'UTC')"
        )
    answer = await ask(empty_page, f"{view}?campaign=meta:1")
    assert "dashboard_metrics" in answer["missing"]
    assert (answer["periods"], answer["meta"]) == ({}, None)


async def test_a_short_history_makes_only_the_long_periods_incomplete(own_page, page_warehouse):
    def completes(answer):
        return {period: row["complete"] for period, row in answer["periods"].items()}

    assert set(completes(await ask(own_page, "overview?workspace=krona")).values()) == {True}
    with psycopg.connect(page_warehouse) as db:
        db.execute("update marts.dashboard_metrics set complete = first_day >= last_day - 29")
    answer = await ask(own_page, "alerts?workspace=krona")
    assert completes(answer) == {"today": True, "7_days": True, "30_days": True, "90_days": False}


async def test_the_workspace_is_null_without_workspaces(empty_page):
    answer = await ask(empty_page, "overview")
    assert (answer["workspace"], answer["workspaces"]) == (None, [])


async def test_the_figures_of_the_overview_are_the_sums_of_its_platforms(page):
    data = (await ask(page, "overview?workspace=acme"))["data"]
    assert set(data["figures"]) == set(PERIODS)
    assert set(data["figures"]["today"]) == set(FIGURES)
    for period in PERIODS:
        rows = {row["platform"]: row for row in data["platforms"] if row["period"] == period}
        total = rows.pop("all")
        assert set(rows) == {"meta", "snapchat", "tiktok"}
        assert total["spend"] == pytest.approx(data["figures"][period]["total_spend"])
        assert total["spend"] == pytest.approx(sum(row["spend"] for row in rows.values()))
        assert total["attributed_roas"] == pytest.approx(data["figures"][period]["roas"])
        assert total["claimed_roas"] == pytest.approx(total["claimed_revenue"] / total["spend"])
    assert (len(data["days"]), data["days"][-1]["date"]) == (90, "2026-11-22")
    assert data["attention"] == {"alerts": 2, "unseen": 2, "accounts": 4, "stale": 1}


async def test_campaigns_add_up_to_the_totals_of_the_period(page):
    overview = (await ask(page, "overview?workspace=acme"))["data"]["figures"]
    for period in PERIODS:
        data = (await ask(page, f"campaigns?workspace=acme&period={period}"))["data"]
        assert data["total"] == data["found"] == len(data["campaigns"]) == 7
        for column, figure in (("spend", "total_spend"), ("clicks", "clicks"), ("attributed_orders", "conversions")):
            assert sum(row[column] for row in data["campaigns"]) == pytest.approx(overview[period][figure])
            assert data["sums"][column] == pytest.approx(overview[period][figure])
        assert data["sums"]["attributed_roas"] == pytest.approx(overview[period]["roas"])
    riyadh = next(row for row in data["campaigns"] if row["campaign_id"] == RIYADH)
    assert (riyadh["name"], riyadh["alerts"]) == ("حملة الرياض – نوفمبر", 2)
    assert riyadh["ctr"] == pytest.approx(100 * riyadh["clicks"] / riyadh["impressions"], abs=1e-6)


async def test_a_ratio_with_a_zero_denominator_is_null(own_page, page_warehouse, tmp_path):
    with psycopg.connect(page_warehouse) as db:
        db.execute("update marts.campaign_metrics set spend_reporting = 0, impressions = 0, clicks = 0")
    dbt(page_warehouse, tmp_path, "run", "--select", "campaign_periods")
    data = (await ask(own_page, "campaigns?workspace=acme"))["data"]
    rows = [*data["campaigns"], data["sums"]]
    assert {row[name] for row in rows for name in ("ctr", "cpc", "claimed_roas", "attributed_roas")} == {None}
    assert {row["spend"] for row in rows} == {0}


async def test_a_sum_with_an_unknown_part_is_null(own_page, page_warehouse, tmp_path):
    with psycopg.connect(page_warehouse) as db:
        db.execute(
            "update marts.campaign_metrics set spend_reporting = null where campaign_id = %s and date = '2026-11-20'",
            (RIYADH,),
        )
    dbt(page_warehouse, tmp_path, "run", "--select", "campaign_periods")
    data = (await ask(own_page, "campaigns?workspace=acme"))["data"]
    rows = {row["campaign_id"]: row for row in data["campaigns"]}
    assert (rows[RIYADH]["spend"], rows[RIYADH]["claimed_roas"]) == (None, None)
    assert rows[RIYADH]["attributed_orders"] > 0
    assert (data["sums"]["spend"], data["sums"]["claimed_roas"]) == (None, None)
    assert data["sums"]["attributed_revenue"] > 0


@pytest.fixture
def many_campaigns(page_warehouse) -> None:
    with psycopg.connect(page_warehouse) as db:
        db.execute(MANY_CAMPAIGNS, (MANY,))


@pytest.mark.usefixtures("many_campaigns")
async def test_campaigns_are_read_page_by_page_and_summed_over_all_pages(own_page):
    spend, everything = [], MANY * (MANY + 1) // 2
    for page, rows in ((1, PAGE_ROWS), (2, PAGE_ROWS), (3, MANY - 2 * PAGE_ROWS)):
        data = (await ask(own_page, f"campaigns?workspace=krona&period=today&page={page}"))["data"]
        assert (data["page"], data["pages"], data["page_rows"], len(data["campaigns"])) == (page, 3, PAGE_ROWS, rows)
        assert (data["total"], data["found"], data["sums"]["spend"]) == (MANY, MANY, everything)
        spend += [row["spend"] for row in data["campaigns"]]
    assert spend == [*range(MANY, 0, -1)]
    beyond = (await ask(own_page, "campaigns?workspace=krona&period=today&page=99"))["data"]
    assert (beyond["page"], len(beyond["campaigns"])) == (3, MANY - 2 * PAGE_ROWS)


@pytest.mark.usefixtures("many_campaigns")
@pytest.mark.parametrize(
    ("question", "found", "spend", "first"),
    [
        ("", 120, 7260, "n120"),
        ("sort=spend", 120, 7260, "n1"),
        ("sort=name", 120, 7260, "n1"),
        ("sort=-name", 120, 7260, "n99"),
        ("status=paused", 12, 780, "n120"),
        ("status=paused&sort=spend", 12, 780, "n10"),
        ("q=kampanj 12", 2, 132, "n120"),
        ("q=KAMPANJ 12&sort=-spend", 2, 132, "n120"),
        ("q=n7&sort=clicks", 11, 752, "n7"),
        ("q=%25", 0, 0, None),
        ("platform=tiktok", 0, 0, None),
    ],
)
async def test_the_search_and_the_sums_cover_campaigns_of_every_page(own_page, question, found, spend, first):
    data = (await ask(own_page, f"campaigns?workspace=krona&period=today&{question}"))["data"]
    assert (data["total"], data["found"], data["sums"]["spend"]) == (MANY, found, spend)
    assert [row["campaign_id"] for row in data["campaigns"][:1]] == ([first] if first else [])
    assert (data["platforms"], data["statuses"]) == (["meta"], ["active", "paused"])


@pytest.mark.usefixtures("many_campaigns")
async def test_campaigns_without_a_value_come_last_in_both_directions(own_page, page_warehouse):
    with psycopg.connect(page_warehouse) as db:
        db.execute("update marts.campaign_periods set ctr = impressions where campaign_id in ('n5', 'n6')")
    for sort, expected in (("ctr", ["n5", "n6"]), ("-ctr", ["n6", "n5"])):
        data = (await ask(own_page, f"campaigns?workspace=krona&period=today&sort={sort}"))["data"]
        assert [row["campaign_id"] for row in data["campaigns"][:2]] == expected


@pytest.mark.usefixtures("many_campaigns")
async def test_a_page_of_campaigns_is_as_large_with_more_of_them(own_page, page_warehouse):
    first = await own_page.get("/api/campaigns?workspace=krona&period=today")
    with psycopg.connect(page_warehouse) as db:
        db.execute("update marts.campaigns set campaign_id = 'more' || campaign_id where campaign_id like 'n%'")
        db.execute("update marts.campaign_periods set campaign_id = 'more' || campaign_id where campaign_id like 'n%'")
        db.execute(MANY_CAMPAIGNS, (5000,))
    more = await own_page.get("/api/campaigns?workspace=krona&period=today&page=2")
    assert more.json()["data"]["total"] == MANY + 5000
    assert len(more.content) < 1.2 * len(first.content) < 30_000


async def test_a_campaign_has_days_alerts_and_orders(page):
    data = (await ask(page, f"campaign?workspace=acme&campaign=meta:{RIYADH}"))["data"]
    assert data["campaign"]["name"] == "حملة الرياض – نوفمبر"
    assert [row["date"] for row in data["days"][:2]] == ["2026-11-22", "2026-11-21"]
    assert {row["type"] for row in data["alerts"]} == {"roas_drop", "high_spend_low_conversions", "ctr_drop"}
    assert len(data["orders"]) == 20
    assert data["orders"][0]["number"] == "#5000"


async def test_days_of_a_campaign_have_ratios_and_zeros_for_missing_orders(page):
    fewest = CAMPAIGNS[-1]
    data = (await ask(page, f"campaign?workspace=acme&campaign={fewest.account.platform}:{fewest.id}"))["data"]
    assert [row["ctr"] for row in data["days"]] == [
        pytest.approx(100 * row["clicks"] / row["impressions"], abs=1e-6) for row in data["days"]
    ]
    unsold = [row for row in data["days"] if row["attributed_orders"] == 0]
    assert 0 < len(unsold) < len(data["days"]) == 90
    for row in unsold:
        assert row["spend"] > 0
        assert (row["attributed_revenue"], row["attributed_roas"]) == (0, 0)


async def test_a_day_with_orders_but_without_spend_has_no_ratios(own_page, page_warehouse, tmp_path):
    with psycopg.connect(page_warehouse) as db:
        db.execute("delete from marts.campaign_metrics where campaign_id = %s and date < '2026-11-22'", (RIYADH,))
    dbt(page_warehouse, tmp_path, "run", "--select", "campaign_days")
    data = (await ask(own_page, f"campaign?workspace=acme&campaign=meta:{RIYADH}"))["data"]
    today, *sold = data["days"]
    assert (today["date"], today["is_final"]) == ("2026-11-22", False)
    assert sold
    for row in sold:
        assert (row["spend"], row["claimed_revenue"], row["impressions"], row["clicks"]) == (0, 0, 0, 0)
        assert (row["attributed_roas"], row["claimed_roas"], row["ctr"], row["is_final"]) == (None, None, None, None)
        assert row["attributed_orders"] > 0


async def test_a_campaign_of_another_workspace_is_unknown(page):
    data = (await ask(page, f"campaign?workspace=krona&campaign=meta:{RIYADH}"))["data"]
    assert data == {"campaign": None, "names": [], "days": [], "alerts": [], "issues": [], "orders": []}


async def test_the_reconciliation_ends_at_attributed_revenue(page):
    data = (await ask(page, "reconciliation?workspace=acme"))["data"]
    sums = data["sums"]
    away = sum(sums[name] for name in ("test", "cancelled", "unpaid", "refunded"))
    assert sums["gross"] - away == pytest.approx(sums["store_revenue"])
    assert sum(row["amount"] for row in data["reasons"]) == pytest.approx(sums["unattributed"])
    assert sums["attributed"] + sums["unattributed"] == pytest.approx(sums["store_revenue"])
    assert sums["residual"] == 0
    assert sum(row["attributed"] for row in data["days"]) == pytest.approx(sums["attributed"])


async def test_alerts_are_open_or_closed(page):
    data = (await ask(page, "alerts?workspace=acme"))["data"]
    assert [(row["severity"], row["type"]) for row in data["open"]] == [
        ("high", "roas_drop"),
        ("medium", "high_spend_low_conversions"),
    ]
    assert [(row["type"], row["acknowledged_by"]) for row in data["closed"]] == [("ctr_drop", "noura")]
    assert (await ask(page, "alerts?workspace=krona"))["data"] == {"open": [], "closed": []}


async def test_accounts_that_require_action_come_first_with_the_action(page):
    data = (await ask(page, "health?workspace=acme"))["data"]
    first, *others = data["accounts"]
    assert (first["account_id"], first["is_stale"]) == (SNAPCHAT.native_id, True)
    assert first["needs_action"]
    assert first["action"].endswith(
        "connection some_connection): snapchat 401 UNAUTHORIZED: the app was removed; connect it again"
    )
    assert {(each["action"], each["needs_action"]) for each in others} == {("none", False)}
    assert [row["type"] for row in data["issues"]] == ["stale_account"]
    assert data["total"] == 1
    assert (data["rejected"], data["rejected_total"]) == ([], 0)


@pytest.mark.parametrize("text", ["5000", "#5000", " 5000 ", "gid://shopify/Order/5000"])
async def test_an_order_is_found_by_number_and_by_id(page, text):
    [order] = (await page.get("/api/orders", params={"workspace": "acme", "q": text})).json()["data"]["orders"]
    assert (order["number"], order["outcome"]) == ("#5000", "attributed")
    assert order["sentence"]
    assert {touch["verdict"] for touch in order["touches"]} == {"won", "rejected"}


async def test_the_latest_orders_are_explained_without_a_search(page):
    orders = (await ask(page, "orders?workspace=acme"))["data"]["orders"]
    assert [order["number"] for order in orders] == [f"#{5000 - back}" for back in range(20)]
    assert (await ask(page, "orders?workspace=acme&q=nothing"))["data"] == {"orders": []}


async def test_a_response_is_cached_until_the_dashboard_is_refreshed(own_page, page_warehouse, redis_url):
    before = await ask(own_page, "alerts?workspace=acme")
    with psycopg.connect(page_warehouse) as db:
        db.execute("delete from adsync.alerts")
    assert await ask(own_page, "alerts?workspace=acme") == before
    refresh(redis_url, snapshots(page_warehouse))
    assert (await ask(own_page, "alerts?workspace=acme"))["data"]["open"] == []


async def test_a_response_is_cached_for_a_minute_at_most(page, redis_url):
    await ask(page, "alerts?workspace=acme")
    with redis.Redis.from_url(redis_url) as cache:
        assert 0 < cache.ttl("ads_page:acme:alerts:30_days:") <= 60


async def test_a_request_without_a_workspace_is_not_cached(page, redis_url):
    assert (await ask(page, "alerts"))["workspace"]["id"] == "krona"
    with redis.Redis.from_url(redis_url) as cache:
        assert cache.keys("ads_page:*") == []


async def test_figures_are_null_after_the_cache_has_expired(page, redis_url):
    with redis.Redis.from_url(redis_url) as cache:
        cache.delete("dashboard_metrics:acme")
    answer = await ask(page, "overview?workspace=acme")
    assert (answer["meta"], answer["data"]["figures"]) == (None, None)
    assert answer["data"]["platforms"]


async def test_the_page_works_without_redis(without_redis):
    answer = await ask(without_redis, "overview?workspace=acme")
    assert answer["meta"] is None
    assert answer["data"]["days"]
