"""`adsync explain` for the orders of small_world.py and palm_world.py."""

from __future__ import annotations

import psycopg
import pytest
from dbt_process import rows

from adsync.cli.app import main
from adsync.dashboard.web.queries import orders
from adsync.dashboard.web.queries.base import MartReader
from adsync.dashboard.web.request import ViewRequest
from adsync.errors import ConfigError
from adsync.status import order_explanation

# Copies of every order on earlier days, each with its decision and its path.
COPY = """
    insert into {table}
    select copied.*
    from {table} as given
    cross join generate_series(%(since)s::integer, %(until)s::integer) as n
    cross join lateral jsonb_populate_record(given, to_jsonb(given) || jsonb_build_object(
        'order_id', given.order_id || '-' || n,
        '{number}', '#' || n || given.order_id,
        '{day}', given.{day} - n * 30
    )) as copied
    where given.order_id not like '%%-%%'
"""
COPIED = (
    ("marts.orders", "number", "local_date"),
    ("marts.attribution_decisions", "no column", "local_date"),
    ("intermediate.int_orders__touch_paths", "no column", "local_date"),
)
ROWS_READ = "select sum(seq_tup_read + idx_tup_fetch) from pg_stat_xact_user_tables"


@pytest.fixture
def explain(built, monkeypatch, capsys):
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", built)

    def run(*words: str) -> tuple[int, str]:
        code = main(["explain", *words])
        output = capsys.readouterr()
        return code, output.out + output.err

    return run


def test_an_attributed_order_is_explained_with_its_winning_and_rejected_touches(explain):
    code, text = explain("1001")
    assert code == 0
    assert text.splitlines() == [
        "acme, shopify store acme.myshopify.com, order gid://shopify/Order/1001",
        'Order #1001 is attributed to the tiktok campaign "Oud Perfume": the last link with a campaign was followed'
        " 2 hours before the order, and utm_campaign has its name, and the link names its platform.",
        '  won: 2026-11-03T22:00:00Z tiktok "Oud Perfume", utm_campaign has its name, and the link names its'
        " platform (touch gid://shopify/CustomerVisit/2)",
        "  rejected: 2026-11-03T23:00:00Z no campaign, it was a direct visit (touch gid://shopify/CustomerVisit/3)",
        '  rejected: 2026-11-03T19:00:00Z meta "حملة الرياض \u2013 نوفمبر", a later touch with a campaign won'
        " (touch gid://shopify/CustomerVisit/1)",
    ]


@pytest.mark.parametrize(
    ("order", "because"),
    [
        ("#1003", "it is older than the attribution window"),
        ("gid://shopify/Order/1004", "it came after the order"),
        ("1010", "several campaigns share this name"),
        ("29001", "the store does not expose where its orders come from"),
        ("1016", "no visit or click before the order is known"),
    ],
)
def test_an_order_by_number_or_id_has_the_reason_why_it_is_unattributed(explain, order, because):
    code, text = explain(order)
    assert code == 0
    assert "is unattributed" in text
    assert because in text


def test_an_order_whose_link_has_no_time_is_explained_as_such(explain):
    assert "the order itself has the link, at an unknown time" in explain("1006")[1]


def test_an_unknown_order_is_one_sentence(explain):
    code, text = explain("4711", "--workspace", "acme")
    assert code == 2
    assert text.splitlines() == [
        "adsync: unknown order 4711 in workspace acme (neither an id nor a number): check it,"
        " or wait for the next sync and transform"
    ]


def test_a_wildcard_is_no_order(explain):
    assert explain("%")[0] == 2


def test_a_warehouse_without_marts_is_an_error_with_a_remedy(warehouse_url):
    with pytest.raises(ConfigError, match="run the DAG transform once"):
        order_explanation.explain(warehouse_url, "1001")


def test_every_order_has_a_sentence_and_every_reason_its_words(built):
    explanations = rows(built, "select reason, sentence, touches from marts.order_explanations")
    assert [row for row in explanations if not row["sentence"].endswith(".")] == []
    codes = {row["reason"] for row in explanations if row["reason"]}
    assert [row for row in explanations if any(f": {code}" in row["sentence"] for code in codes)] == []
    assert [touch for row in explanations for touch in row["touches"] if touch["why"] in codes] == []


def copies(url: str, since: int, until: int) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        for table, number, day in COPIED:
            db.execute(COPY.format(table=table, number=number, day=day), {"since": since, "until": until})
        db.execute("analyze")


def rows_read(url: str, run) -> int:
    """Returns the number of rows that PostgreSQL fetched from tables for `run`."""
    with psycopg.connect(url) as db:
        run(db)
        return db.execute(ROWS_READ).fetchone()[0]


def page(about: str):
    def run(db: psycopg.Connection) -> None:
        assert orders.read(MartReader(db), ViewRequest("orders", "acme", about=about), None)["orders"]

    return run


def command(key: str):
    def run(db: psycopg.Connection) -> None:
        [found] = db.execute(order_explanation.FIND, {"key": key, "workspace": None, "store": None}).fetchall()
        assert db.execute(order_explanation.EXPLAIN, found[:4]).fetchall()

    return run


def by_number(db: psycopg.Connection) -> None:
    query = "select sentence, touches from marts.order_explanations where workspace_id = 'acme' and number = '#1001'"
    assert db.execute(query).fetchall()


def test_explaining_an_order_reads_no_more_rows_with_a_longer_history(built_copy):
    tried = {
        "page, by number": page("1001"),
        "page, by id": page("gid://shopify/Order/1001"),
        "page, latest": page(""),
        "command, by number": command("1001"),
        "command, by id": command("gid://shopify/Order/1001"),
        "query, by number": by_number,
    }
    copies(built_copy, 1, 30)
    short = {name: rows_read(built_copy, run) for name, run in tried.items()}
    copies(built_copy, 31, 120)
    assert {name: rows_read(built_copy, run) for name, run in tried.items()} == short
