"""A store that is linked under another id is the same store: its orders count once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import psycopg
from dbt_process import dbt, rows
from odd_values import put
from raw_rows import Account, Load

OLD, NEW = Account("salla", "acme"), Account("salla", "1305146709")
ELSEWHERE, WOO_OLD, WOO_NEW = (
    Account("salla", "another"),
    Account("woocommerce", "site"),
    Account("woocommerce", "shop"),
)
ONLY_ROWS = ("build", "--exclude-resource-type", "unit_test")
REVENUE = "select store_id, net from marts.orders where store_id = any(%s) order by 1"
ISSUES = "select account_id, subject from marts.consistency_issues where type = 'duplicate_store'"
SALE = datetime(2026, 11, 4, 9, tzinfo=UTC)


def test_a_renamed_link_is_superseded_and_a_second_one_named(built_copy, scratch):
    with psycopg.connect(built_copy) as db:
        _link(Load(db), OLD, {"id": 1305146709, "name": "Acme", "currency": "SAR"})
        _link(Load(db), ELSEWHERE, {"id": 99, "name": "Acme", "currency": "SAR"})
        _link(Load(db), WOO_OLD, {"name": "Acme", "url": "http://www.acme.example/", "currency": "SAR"})
    dbt(built_copy, scratch, *ONLY_ROWS)
    assert _counted(built_copy) == {"acme": 100, "another": 100, "site": 100}

    with psycopg.connect(built_copy) as db:
        db.execute("update adsync.accounts set is_active = false where native_id = 'acme'")
        _link(Load(db), NEW, {"id": "1305146709", "name": "Acme", "currency": "SAR"})
        _link(Load(db), WOO_NEW, {"name": "Acme", "url": "https://acme.example", "currency": "SAR"})
    dbt(built_copy, scratch, *ONLY_ROWS)
    assert _counted(built_copy) == {"1305146709": 100, "another": 100, "shop": 100}
    assert rows(built_copy, ISSUES) == [{"account_id": "site", "subject": "woocommerce:site:shop"}]


def _link(run: Load, store: Account, record: dict[str, object]) -> None:
    run.account("acme", store, "SAR", "Asia/Riyadh")
    put(run.db, store, "stores", store.native_id, record)
    run.order(store, 1, SALE, total="100.00", currency="SAR")


def _counted(url: str) -> dict[str, Decimal]:
    stores = [store.native_id for store in (OLD, NEW, ELSEWHERE, WOO_OLD, WOO_NEW)]
    return {row["store_id"]: row["net"] for row in rows(url, REVENUE, stores)}
