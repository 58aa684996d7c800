"""One account has one spelling, however the configuration writes it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import yaml

import sandbox_fixtures
from adsync import registry
from adsync.errors import ConfigError
from adsync.state import accounts

WORKSPACE = {"id": "acme", "name": "Acme", "currency": "SAR", "timezone": "Asia/Riyadh"}
STORED = "select native_id, is_active from adsync.accounts order by 1"


def written(folder: Path, platform: str, native_id: str) -> Path:
    """Returns a file with one link."""
    kind = registry.load(platform).kind
    key, id_key = ("stores", "store_id") if kind == "store" else ("ad_accounts", "account_id")
    link = {"platform": platform, id_key: native_id, "conn_id": "some_connection"}
    file = folder / "workspaces.yaml"
    file.write_text(yaml.safe_dump({"workspaces": [{**WORKSPACE, key: [link]}]}), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("platform", "spellings"),
    [
        (
            "shopify",
            ("acme.myshopify.com", "Acme.MyShopify.com", "https://acme.myshopify.com/admin", " acme.myshopify.com"),
        ),
        ("shopify", ("acme.myshopify.com", "https://admin.shopify.com/store/acme/orders")),
        ("meta", ("901234567890", "act_901234567890", "901234567890 ")),
        ("snapchat", ("8adc3db7-8148-4fbf-999c-8d2266369d74", "8ADC3DB7-8148-4FBF-999C-8D2266369D74")),
        ("woocommerce", ("shop.example", "https://shop.example/")),
        ("salla", ("1305146709", " 1305146709")),
    ],
)
def test_another_spelling_is_the_same_account(warehouse_url, tmp_path, monkeypatch, platform, spellings):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    for spelling in spellings:
        accounts.import_file(warehouse_url, written(tmp_path, platform, spelling))
        with psycopg.connect(warehouse_url) as db:
            assert db.execute(STORED).fetchall() == [(spellings[0], True)]


def test_an_account_that_is_stored_under_an_old_spelling_keeps_it(warehouse_url, tmp_path, monkeypatch):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    accounts.import_file(warehouse_url, written(tmp_path, "shopify", "acme.myshopify.com"))
    with psycopg.connect(warehouse_url) as db:
        db.execute("update adsync.accounts set native_id = 'Acme.MyShopify.com'")
    accounts.import_file(warehouse_url, written(tmp_path, "shopify", "acme.myshopify.com"))
    with psycopg.connect(warehouse_url) as db:
        assert db.execute(STORED).fetchall() == [("Acme.MyShopify.com", True)]


@pytest.mark.parametrize(
    ("platform", "wrong"),
    [("shopify", "shop.acme.com"), ("meta", "acme"), ("tiktok", "70000x"), ("snapchat", "acme"), ("zid", "my store")],
)
def test_an_id_of_another_shape_is_refused_with_the_expected_one(tmp_path, platform, wrong):
    with pytest.raises(ConfigError, match=r"_id: invalid id .* \(expected "):
        accounts.read(written(tmp_path, platform, wrong))
