"""No value of a payload fails a model or changes another workspace; what cannot be read is named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import odd_values
import psycopg
import pytest
from dbt_process import copy_of, dbt, rows, tables
from psycopg.conninfo import conninfo_to_dict
from raw_rows import Account, Load

META, TIKTOK, SNAPCHAT = (Account(name, f"plain-{name}") for name in ("meta", "tiktok", "snapchat"))
SHOPIFY, WOO, SALLA, ZID = (Account(name, f"plain-{name}") for name in ("shopify", "woocommerce", "salla", "zid"))
ACTIONS = [{"action_type": "purchase", "value": "many"}, {"action_type": "purchase_value", "value": "3"}]
# (account, place of the value, value, what the mart holds, the field that is named or None)
CASES = (
    (META, ("actions",), None, {"conversions": 0}, "actions"),
    (META, ("actions",), {}, {"conversions": 0}, "actions"),
    (META, ("actions",), ACTIONS, {"conversions": 0}, "actions"),
    (META, ("action_values",), None, {"revenue": 0}, "action_values"),
    (META, ("spend",), "", {"spend": 0}, "spend"),
    (META, ("clicks",), "NaN", {"clicks": 0}, "clicks"),
    (TIKTOK, ("metrics", "spend"), "1,234.50", {"spend": 0}, "metrics.spend"),
    (TIKTOK, ("metrics", "spend"), "", {"spend": 0}, "metrics.spend"),
    (TIKTOK, ("metrics", "spend"), "-", {"spend": 0}, None),
    (TIKTOK, ("metrics", "complete_payment"), "Infinity", {"conversions": 0}, "metrics.complete_payment"),
    (SNAPCHAT, ("stats", "impressions"), 18342.0, {"impressions": 18342}, None),
    (SNAPCHAT, ("stats", "spend"), 214870000.0, {"spend": Decimal("214.87")}, None),
    (SNAPCHAT, ("stats", "spend"), 10**20, {"spend": 0}, "stats.spend"),
    (SHOPIFY, ("test",), "maybe", {"is_test": False}, "test"),
    (SHOPIFY, ("totalRefundedSet",), [], {"refunded": 0}, None),
    (SHOPIFY, ("createdAt",), "10000-01-01T00:00:00Z", {"is_revenue": False}, "createdAt"),
    (WOO, ("total",), "", {"gross": None, "net": 0}, "total"),
    (WOO, ("date_created_gmt",), "", {"is_revenue": False}, "date_created_gmt"),
    (WOO, ("date_created_gmt",), None, {"is_revenue": False}, "date_created_gmt"),
    (WOO, ("date_created_gmt",), "0000-00-00T00:00:00", {"is_revenue": False}, "date_created_gmt"),
    (WOO, ("refunds",), {}, {"refunded": 0}, "refunds"),
    (SALLA, ("amounts", "total", "amount"), "1,100.50", {"gross": None, "net": 0}, "amounts.total.amount"),
    (SALLA, ("date", "timezone"), "Mars/Olympus", {"is_revenue": False}, "date.date"),
    (ZID, ("order_total",), "", {"gross": None, "is_revenue": False}, "order_total"),
    (ZID, ("created_at",), "2026-13-01 00:00:00", {"is_revenue": False}, "created_at"),
)


REJECT = """
insert into raw.rejected_records (source, stream, account_id, record_key, reason, excerpt, first_seen_at, last_seen_at)
select 'woocommerce', 'orders', account_id, key, 'no date', 'id: 7', '2026-11-20 10:00Z', '2026-11-21 10:00Z'
from (values ('plain-woocommerce', '7'), ('plain-woocommerce', null), ('unknown', '7')) as known (account_id, key)
"""


@pytest.fixture(scope="module")
def odd(built, local_servers, scratch) -> Iterator[str]:
    """A copy of the built warehouse, built again with a workspace of odd records and one of the cases."""
    with copy_of(local_servers, conninfo_to_dict(built)["dbname"], "odd_values") as url:
        with psycopg.connect(url) as db:
            odd_values.load(Load(db))
            _load_cases(Load(db))
            db.execute(REJECT)
        dbt(url, scratch, "build", "--full-refresh", "--exclude-resource-type", "unit_test")
        yield url


def _load_cases(run: Load) -> None:
    run.workspace("plain", "SAR", "Asia/Riyadh")
    for account in (META, TIKTOK, SNAPCHAT, SHOPIFY, WOO, SALLA, ZID):
        run.account("plain", account, "SAR", "Asia/Riyadh")
    for number, (account, place, value, _, _) in enumerate(CASES):
        payload = odd_values.with_value(odd_values.template(account), place, value)
        key = f"{number}:{odd_values.DAY}" if account.kind == "ad_account" else str(number)
        odd_values.put(run.db, account, account.stream, key, payload)


def test_odd_values_fail_no_model_and_change_no_other_workspace(built, odd):
    def of_others(content: dict[str, list[str]]) -> dict[str, list[str]]:
        known = {name: [row for row in content[name] if '"odd"' not in row] for name in content}
        return {
            name: [row for row in found if '"plain' not in row and '"odd-' not in row] for name, found in known.items()
        }

    before, after = of_others(tables(built)), of_others(tables(odd))
    marts = {name for name in before if any('"workspace_id": "acme"' in row for row in before[name])}
    assert {name for name in marts if before[name] != after[name]} == set()


def test_every_source_has_many_odd_records(odd):
    counts = {
        account.platform: rows(odd, f"select count(*) from raw.{account.platform}_{account.stream}")[0]["count"]
        for account in odd_values.accounts()
    }
    assert {platform for platform, count in counts.items() if count < odd_values.PER_SOURCE} == set()


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=lambda n: f"{CASES[n][0].platform}-{CASES[n][1]}-{CASES[n][2]!r}"[:60]
)
def test_an_unreadable_value_is_null_and_named(odd, number):
    account, _, value, expected, field = CASES[number]
    if account.kind == "store":
        query = "select * from marts.orders where platform = %s and store_id = %s and order_id = %s"
        record = f"order {number}"
    else:
        query = "select * from marts.campaign_metrics where platform = %s and account_id = %s and campaign_id = %s"
        record = f"campaign {number} on {odd_values.DAY}"
    [row] = rows(odd, query, account.platform, account.native_id, str(number))
    assert {name: row[name] for name in expected} == expected
    issues = rows(
        odd,
        "select subject, detail from marts.consistency_issues"
        " where type = 'unreadable_value' and account_id = %s and strpos(subject, %s) > 0",
        account.native_id,
        f":{record}: ",
    )
    assert [issue["subject"].rpartition(": ")[2] for issue in issues] == ([field] if field else [])
    assert all(
        repr(value).strip("'")[:9] in issue["detail"] or value in (None, {})
        for issue in issues
        if isinstance(value, str)
    )


def test_a_rejected_record_is_a_consistency_issue(odd):
    found = rows(odd, "select subject, detail from marts.consistency_issues where type = 'rejected_record'")
    subjects = sorted(row["subject"].partition(", ")[0] for row in found)
    place = "woocommerce:plain-woocommerce:orders"
    assert subjects == [f"{place}: 7", f"{place}: without a key"]
    assert all(row["detail"].startswith("no date. It is missing from all figures") for row in found)
