from __future__ import annotations

import io

import psycopg
import pytest
from rich.console import Console

import sandbox_fixtures
from adsync.cli.app import main
from adsync.status import accounts

NEW = "7000000000000000003"
FILL = """
insert into adsync.sync_state
    (platform, account_id, stream, status, error_class, error_message, covered_through, last_success_at, retry_at)
values
    ('meta', %(dead)s, 'campaigns', 'ok', null, null, null, '2026-11-20 10:00Z', null),
    ('meta', %(dead)s, 'campaign_metrics', 'reauth_required', 'ReauthRequired',
     'meta error 190/463: log in to Meta again [red]', '2026-11-20', '2026-11-20 11:00Z', null),
    ('tiktok', %(slow)s, 'campaign_metrics', 'retrying', 'RateLimited', 'slow down', '2026-11-22', '2026-11-22 08:00Z',
     '2026-11-22 12:30Z'),
    ('shopify', %(odd)s, 'orders', 'failed', 'ContractError', 'orders lack id', null, null, null);
update adsync.accounts set name = 'Acme رمضان' where native_id = %(dead)s
"""


@pytest.fixture
def shown(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    sandbox_fixtures.link(warehouse_url, sandbox_fixtures.META, sandbox_fixtures.TIKTOK, sandbox_fixtures.SHOPIFY, NEW)
    with psycopg.connect(warehouse_url) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(
            FILL, {"dead": sandbox_fixtures.META, "slow": sandbox_fixtures.TIKTOK, "odd": sandbox_fixtures.SHOPIFY}
        )

    def shown(**how):
        text = io.StringIO()
        accounts.show(accounts.list_accounts(warehouse_url), Console(file=text, highlight=False, soft_wrap=True, **how))
        return text.getvalue()

    return shown


def test_accounts_that_require_action_come_first_with_the_action(shown):
    first, *actions = shown().splitlines()[:3]
    assert first == "Action required for 2 of 4 accounts:"
    conn_id = sandbox_fixtures.account("meta").conn_id
    assert actions == [
        f"- meta account Acme رمضان (workspace acme, connection {conn_id}): "
        "meta error 190/463: log in to Meta again [red]",
        "- shopify account acme.myshopify.com (workspace acme, connection shopify_acme): "
        "unexpected API response: update adsync, or report this error: orders lack id",
    ]


def test_every_account_is_one_plain_line(shown):
    slow, new = (
        f"{sandbox_fixtures.account('tiktok', one).workspace_id} tiktok {one}" for one in (sandbox_fixtures.TIKTOK, NEW)
    )
    assert set(shown().splitlines()[3:]) == {
        f"acme meta Acme رمضان ({sandbox_fixtures.META}): Reauthorization required, last success 2026-11-20 10:00 UTC,"
        " covered through 2026-11-20, next try -: meta error 190/463: log in to Meta again [red]",
        "acme shopify acme.myshopify.com: Failed, last success -, covered through -, next try -: orders lack id",
        f"{slow}: Retrying, last success 2026-11-22 08:00 UTC, covered through 2026-11-22,"
        " next try 2026-11-22 12:30 UTC: slow down",
        f"{new}: Not synced yet, last success -, covered through -, next try -",
    }


def test_output_on_a_terminal_is_a_table(shown):
    text = shown(force_terminal=True, width=300)
    assert "│" in text
    assert all(word in text for word in ("covered through", "Acme رمضان", "log in to Meta again [red]"))


@pytest.mark.usefixtures("shown")
def test_the_command_succeeds_even_if_accounts_require_action(capsys):
    assert main(["status"]) == 0
    assert capsys.readouterr().out.startswith("Action required for 2 of 4 accounts:")


def test_the_command_reports_that_no_action_is_required(monkeypatch, warehouse_url, capsys):
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    assert main(["status"]) == 0
    assert capsys.readouterr().out == "No action required for 0 accounts\n"


@pytest.mark.usefixtures("shown")
def test_the_lag_of_a_source_is_the_age_of_its_oldest_last_success(warehouse_url):
    assert accounts.lag(warehouse_url, "shopify") is None
    with psycopg.connect(warehouse_url) as connection:
        age = "select extract(epoch from now() - timestamptz '2026-11-20 10:00Z')::float"
        [(oldest,)] = connection.execute(age).fetchall()
        assert accounts.lag(warehouse_url, "meta") == pytest.approx(oldest, abs=60)
        connection.execute("update adsync.sync_state set status = 'paused' where platform = 'meta'")
    assert accounts.lag(warehouse_url, "meta") is None


TRIED = """
insert into adsync.sync_runs
    (run_id, platform, account_id, calls, rows_seen, rows_changed, bytes, started_at, duration_seconds, outcome)
select 'run', 'shopify', %s, 1, 0, 0, 0, moment, 1, 'failed'
from unnest(array['2026-11-01 10:00Z', '2026-11-02 10:00Z']::timestamptz[]) as moment
"""


@pytest.mark.usefixtures("shown")
def test_the_lag_of_an_account_without_success_counts_from_its_first_attempt(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(TRIED, (sandbox_fixtures.SHOPIFY,))
        [(first,)] = connection.execute(
            "select extract(epoch from now() - timestamptz '2026-11-01 10:00Z')::float"
        ).fetchall()
        connection.commit()
        assert accounts.lag(warehouse_url, "shopify") == pytest.approx(first, abs=60)
        connection.execute("update adsync.sync_state set last_success_at = now() where platform = 'shopify'")
        connection.commit()
    assert accounts.lag(warehouse_url, "shopify") == pytest.approx(0, abs=60)
