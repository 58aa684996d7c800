"""Names in all scripts find their campaigns, in a database whose own locale knows the letters of ASCII only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import psycopg
import pytest
from dbt_process import ONLY_DATA, dbt, rows
from order_rows import visit
from raw_rows import Account, Load

from adsync import registry
from adsync.warehouse import migrations

META, NEW, STORE = Account("meta", "901234567890"), Account("meta", "901234567891"), Account("shopify", "acme")
WOO, SALLA = Account("woocommerce", "shop.example"), Account("salla", "1305146709")
NAMES = (
    *("Été 2026", "ÜBER SALE", "Распродажа", "ŞUBAT İndirimi", "ΕΚΠΤΩΣΕΙΣ", "Εκπτώσεις σήμερα", "Straße", "IŞIK"),
    *("Đà Nẵng Ưu Đãi", "Łódź Żółć", "Ñandú Ærø", "Ґанок Їжак", "Հայ Զեղչ", "❤ Love", "Ｓａｌｅ", "حَملة ﷲ", "Eid 🔥"),
)
MARKS = ("\ufe0f", "\u200b", "\u0640", "\u200f", "\U000e0100")
CAMPAIGNS = {str(120211111111110001 + n): name for n, name in enumerate((*NAMES, "Save%20Big", "Store", "(none)"))}
IDS = {name: campaign_id for campaign_id, name in CAMPAIGNS.items()}
TWIN, NEW_TWIN = "120211111111119001", "120211111111119002"
ORDERED = datetime(2026, 11, 10, 12, tzinfo=UTC)
LOCALE = "template template0 encoding 'UTF8' locale_provider libc lc_collate 'C' lc_ctype 'C'"


def variants(name: str) -> list[str]:
    """Returns the name as links may have it: in other case, composed or not, with invisible marks."""
    cased = {name, name.upper(), name.lower(), name.title(), name.casefold()}
    composed = {unicodedata.normalize(form, text) for text in cased for form in ("NFC", "NFD", "NFKC", "NFKD")}
    return sorted(composed | {mark.join((name, "")) for mark in MARKS})


def links() -> Iterator[tuple[str, dict[str, str]]]:
    """Yields (campaign, parameters) of links that must match by name."""
    for name in NAMES:
        yield from ((name, {"utm_source": "facebook", "utm_campaign": variant}) for variant in variants(name))
    for value in ("Save%20Big", "save%20big", "Save Big"):
        yield "Save%20Big", {"utm_source": "facebook", "utm_campaign": value}
    yield "Store", {"utm_source": "ig", "utm_campaign": "STORE"}
    yield "(none)", {"utm_source": "FaceBook", "utm_campaign": "(none)"}


EXPECTED = dict(enumerate(links(), 1))
UNMATCHED = {
    9001: ({"utm_campaign": "Store"}, "direct"),
    9002: ({"utm_source": "facebook", "utm_campaign": "Direct"}, "direct"),
    9003: ({"utm_source": "google", "utm_campaign": "{campaignid}"}, "macro_unexpanded"),
    9004: ({"utm_source": "facebook", "utm_campaign": "[CAMPAIGN_NAME]"}, "macro_unexpanded"),
}
CHECKOUT = {"landingPage": "https://shop.example/checkouts/cn/1"}
BEHIND_HASH = {"landingPage": "https://shop.example/#utm_source=fb&utm_campaign=" + quote("Été 2026")}


def load(db: psycopg.Connection) -> None:
    run = Load(db)
    run.workspace("acme", "SAR", "Asia/Riyadh")
    for account in (META, NEW, STORE, WOO, SALLA):
        run.account("acme", account, "SAR", "Asia/Riyadh")
        run.synced(account, (date(2026, 8, 1), date(2026, 11, 22)), datetime(2026, 11, 22, 8, tzinfo=UTC))
    for campaign_id, name in CAMPAIGNS.items():
        run.campaign(META, campaign_id, name)
    run.campaign(META, TWIN, "Twin")
    run.campaign(NEW, NEW_TWIN, "Twin")
    run.metrics(META, TWIN, ORDERED.date(), spend="10", impressions=10, clicks=1, name="Twin")
    run.metrics(NEW, NEW_TWIN, date(2026, 11, 15), spend="10", impressions=10, clicks=1, name="Twin")
    an_hour_before = ORDERED - timedelta(hours=1)
    told = {number: query for number, (_, query) in EXPECTED.items()}
    told |= {number: query for number, (query, _) in UNMATCHED.items()} | {9005: {"utm_campaign": "Twin"}}
    for number, query in told.items():
        run.order(STORE, number, ORDERED, total="1.00", visits=[visit(number, an_hour_before, **query)])
    headless = visit(9006, an_hour_before) | CHECKOUT
    attributes = {"utm_source": "facebook", "utm_campaign": "Распродажа"}
    run.order(STORE, 9006, ORDERED, total="1.00", visits=[headless], attributes=attributes)
    run.order(STORE, 9007, ORDERED, total="1.00", visits=[visit(9007, an_hour_before) | BEHIND_HASH])
    entry = "https://shop.example/?utm_source=facebook&utm_campaign=" + quote("über sale")
    run.order(WOO, 9008, ORDERED, total="1.00", session={"session_entry": entry, "source_type": "typein"})
    run.order(SALLA, 9009, ORDERED, total="1.00", details={"utm_source": "fb", "utm_campaign": "ŞUBAT İNDİRİMİ"})


@pytest.fixture(scope="module")
def decisions(local_servers, scratch) -> Iterator[dict[int, dict[str, object]]]:
    with psycopg.connect(local_servers.database_url("postgres"), autocommit=True) as server:
        server.execute(f"create database plain_names {LOCALE}")
        url = local_servers.database_url("plain_names")
        migrations.migrate(url, registry.streams())
        with psycopg.connect(url) as db:
            load(db)
        dbt(url, scratch / "names", *ONLY_DATA, "--select", "+attribution_decisions")
        found = rows(url, "select * from marts.attribution_decisions")
        yield {int(str(row["order_id"]).rpartition("/")[2]): row for row in found}
        server.execute("drop database plain_names with (force)")


def test_a_name_is_found_in_any_case_and_composition_of_any_script(decisions):
    wrong = [
        (name, query["utm_campaign"], decisions[number]["reason"], decisions[number]["match_rule"])
        for number, (name, query) in EXPECTED.items()
        if decisions[number]["campaign_id"] != IDS[name]
    ]
    assert wrong == []


@pytest.mark.parametrize("number", UNMATCHED)
def test_markers_and_placeholders_that_no_campaign_is_named_after_stay_unmatched(decisions, number):
    assert decisions[number]["reason"] == UNMATCHED[number][1]


def test_an_account_synced_from_an_earlier_day_on_is_known_to_have_spent_nothing(decisions):
    row = decisions[9005]
    assert (row["campaign_id"], row["match_rule"]) == (TWIN, "name_with_spend")


@pytest.mark.parametrize(
    ("number", "name", "kind"),
    [
        (9006, "Распродажа", "utm_only"),
        (9007, "Été 2026", "last_click"),
        (9008, "ÜBER SALE", "utm_only"),
        (9009, "ŞUBAT İndirimi", "utm_only"),
    ],
)
def test_parameters_are_read_wherever_a_store_has_them(decisions, number, name, kind):
    row = decisions[number]
    assert (row["campaign_id"], row["attribution_type"]) == (IDS[name], kind)
