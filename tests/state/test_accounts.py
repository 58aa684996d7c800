"""Workspaces and accounts from workspaces.yaml in the warehouse."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg
import pytest
import yaml

import sandbox_fixtures
from adsync.errors import ConfigError
from adsync.state import accounts

SHOP = "acme.myshopify.com"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())


def document(**changes):
    workspace = {
        "id": "acme",
        "name": "Acme Trading",
        "currency": "SAR",
        "timezone": "Asia/Riyadh",
        "ad_accounts": [{"platform": "meta", "account_id": "901", "conn_id": "meta_acme"}],
        "stores": [{"platform": "shopify", "store_id": SHOP, "conn_id": "shopify_acme"}],
    }
    return {"workspaces": [workspace | changes]}


@pytest.fixture
def import_document(tmp_path, warehouse_url):
    """Imports a document as `adsync accounts import` does."""

    def import_document(content):
        file = tmp_path / "workspaces.yaml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        return accounts.import_file(warehouse_url, file)

    return import_document


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def snapshot(url):
    return rows(url, "select w.*, w.xmin::text from adsync.workspaces w") + rows(
        url, "select a.*, a.xmin::text from adsync.accounts a order by native_id"
    )


def test_importing_twice_rewrites_no_row(warehouse_url, import_document):
    import_document(document())
    before = snapshot(warehouse_url)
    import_document(document())
    assert snapshot(warehouse_url) == before


def test_changes_in_the_file_are_stored(warehouse_url, import_document):
    import_document(document())
    import_document(document(currency="USD", alerts={"min_spend": 5}))
    assert rows(warehouse_url, "select currency, alerts ->> 'min_spend' from adsync.workspaces") == [("USD", "5.0")]


def test_custom_rates_are_stored_exactly_and_removed_with_the_file_entry(warehouse_url, import_document):
    import_document(document(fx_rates=[{"from": "EGP", "to": "SAR", "since": date(2026, 1, 1), "rate": 0.0745}]))
    kept = rows(warehouse_url, "select fx_rates from adsync.workspaces")
    assert kept == [([{"from": "EGP", "to": "SAR", "since": "2026-01-01", "rate": 0.0745}],)]
    import_document(document())
    assert rows(warehouse_url, "select fx_rates from adsync.workspaces") == [([],)]


def test_the_customer_key_is_created_once_and_stored_encrypted(warehouse_url, import_document):
    import_document(document())
    [first] = accounts.load(warehouse_url, "shopify")
    import_document(document(name="Acme"))
    [second] = accounts.load(warehouse_url, "shopify")
    assert len(first.customer_key) == 32
    assert first.customer_key == second.customer_key
    [(stored,)] = rows(warehouse_url, "select customer_key from adsync.workspaces")
    assert first.customer_key.hex() not in stored
    assert stored.startswith("gAAAA")


def test_a_workspace_written_by_an_application_without_a_key_gets_one(warehouse_url, import_document):
    import_document(document())
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("update adsync.workspaces set customer_key = null")
    import_document(document())
    [account] = accounts.load(warehouse_url, "shopify")
    assert account.customer_key


def test_a_changed_token_key_is_a_config_error(monkeypatch, warehouse_url, import_document):
    import_document(document())
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    with pytest.raises(ConfigError, match="none of the keys in ADSYNC_TOKEN_KEY matches"):
        accounts.load(warehouse_url, "meta")


def test_an_account_removed_from_the_file_is_deactivated_until_it_is_listed_again(warehouse_url, import_document):
    import_document(document())
    import_document(document(stores=[]))
    assert accounts.load(warehouse_url, "shopify") == []
    import_document(document())
    assert [account.account_id for account in accounts.load(warehouse_url, "shopify")] == [SHOP]


def workspace_of(workspace_id, account_id):
    [workspace] = document(id=workspace_id, name=workspace_id, stores=[])["workspaces"]
    return workspace | {"ad_accounts": [{"platform": "meta", "account_id": account_id, "conn_id": "meta_x"}]}


def active(url):
    return [account.account_id for account in accounts.load(url, "meta")]


def test_accounts_of_a_removed_workspace_are_deactivated_with_a_warning(caplog, warehouse_url, import_document):
    import_document({"workspaces": [workspace_of("acme", "901"), workspace_of("juniper", "902")]})
    import_document({"workspaces": [workspace_of("acme", "901")]})
    assert active(warehouse_url) == ["901"]
    [message] = caplog.messages
    assert message.startswith("deactivated meta 902 (workspace juniper): no longer listed in ")
    assert "workspaces.yaml" in message
    import_document({"workspaces": [workspace_of("acme", "901")]})
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("workspace_id", ["acme", "juniper"])
def test_an_account_written_by_an_application_is_not_deactivated(warehouse_url, import_document, workspace_id):
    import_document({"workspaces": [workspace_of("acme", "901"), workspace_of("juniper", "902")]})
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)"
            " values ('meta', '903', %s, 'ad_account', 'meta_app')",
            (workspace_id,),
        )
    import_document({"workspaces": [workspace_of("acme", "901")]})
    assert active(warehouse_url) == ["901", "903"]


def test_a_second_file_deactivates_no_account_of_the_first(tmp_path, warehouse_url, import_document):
    import_document({"workspaces": [workspace_of("acme", "901")]})
    second = tmp_path / "second.yaml"
    second.write_text(yaml.safe_dump({"workspaces": [workspace_of("juniper", "902")]}), encoding="utf-8")
    accounts.import_file(warehouse_url, second)
    assert active(warehouse_url) == ["901", "902"]


def test_an_account_of_another_workspace_is_rejected_and_nothing_is_written(warehouse_url, import_document):
    import_document(document())
    before = snapshot(warehouse_url)
    with pytest.raises(
        ConfigError, match=r"shopify account .* of workspace 'other' already belongs to workspace 'acme'"
    ):
        import_document(document(id="other", name="Other", ad_accounts=[]))
    assert snapshot(warehouse_url) == before


def test_an_invalid_file_writes_nothing(warehouse_url, import_document):
    with pytest.raises(ConfigError, match="timezone"):
        import_document(document(timezone="Mars/Olympus"))
    assert rows(warehouse_url, "select count(*) from adsync.workspaces") == [(0,)]


def test_an_account_has_the_workspace_time_zone_until_the_platform_reports_one(warehouse_url, import_document):
    import_document(document())
    assert accounts.load(warehouse_url, "meta")[0].timezone == "Asia/Riyadh"
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("update adsync.accounts set timezone = 'Europe/London'")
    assert accounts.load(warehouse_url, "meta")[0].timezone == "Europe/London"


def test_only_the_requested_accounts_are_loaded(warehouse_url):
    sandbox_fixtures.link(warehouse_url)
    all_accounts = accounts.load(warehouse_url, "meta")
    assert len(all_accounts) == 6
    assert [one.account_id for one in accounts.load(warehouse_url, "meta", [sandbox_fixtures.META, "unknown"])] == [
        sandbox_fixtures.META
    ]
    assert accounts.load(warehouse_url, "meta", []) == []


def test_without_a_file_the_tables_may_be_owned_by_an_application(monkeypatch, tmp_path, warehouse_url):
    sandbox_fixtures.link(warehouse_url)
    monkeypatch.delenv("ADSYNC_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    accounts.prepare(warehouse_url)
    assert len(accounts.load(warehouse_url, "meta")) == 6


@pytest.mark.parametrize("named", [True, False])
def test_without_file_and_accounts_the_missing_file_is_an_error(monkeypatch, tmp_path, warehouse_url, named):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ADSYNC_CONFIG", raising=False)
    if named:
        sandbox_fixtures.link(warehouse_url)
        monkeypatch.setenv("ADSYNC_CONFIG", str(Path("mine.yaml")))
    with pytest.raises(ConfigError, match=r"does not exist: copy config/workspaces.example.yaml"):
        accounts.prepare(warehouse_url)
