from __future__ import annotations

import copy
from datetime import date

import msgspec
import pytest

from adsync import registry
from adsync.config import workspaces
from adsync.errors import ConfigError

SOURCES = {name: registry.load(name) for name in registry.names()}
VALID = {
    "workspaces": [
        {
            "id": "acme",
            "name": "Acme Trading",
            "currency": "SAR",
            "timezone": "Asia/Riyadh",
            "ad_accounts": [
                {"platform": "meta", "account_id": "9012", "conn_id": "meta_acme"},
                {"platform": "tiktok", "account_id": "7000", "conn_id": "tiktok_acme", "report_mode": "auto"},
            ],
            "stores": [{"platform": "shopify", "store_id": "acme.myshopify.com", "conn_id": "shopify_acme"}],
        },
        {"id": "nakhla", "name": "نخلة", "currency": "AED", "timezone": "Asia/Dubai"},
    ]
}
GONE = object()


def validated(document):
    return workspaces.validated(document, "my.yaml", SOURCES)


def changed(path, value):
    """The valid document with one value replaced, or taken away."""
    document = copy.deepcopy(VALID)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return document


def test_settings_have_defaults():
    first, second = validated(VALID).workspaces
    assert (first.history_days, first.recent_days, first.attribution.window_days) == (90, 2, 7)
    assert second.alerts.channels == ["log"]


def test_a_threshold_that_is_not_set_is_left_to_the_dbt_model():
    first, second = validated(changed((*FIRST, "alerts"), {"roas_drop_ratio": 0.8})).workspaces
    assert msgspec.to_builtins(first.alerts) == {"roas_drop_ratio": 0.8, "channels": ["log"]}
    assert msgspec.to_builtins(second.alerts) == {"channels": ["log"]}


def test_accounts_and_stores_become_links_with_their_options():
    meta, tiktok, shop = validated(VALID).links
    assert (meta.platform, meta.kind, meta.native_id, meta.workspace_id) == ("meta", "ad_account", "9012", "acme")
    assert tiktok.options == {"report_mode": "auto"}
    assert (shop.kind, shop.native_id, shop.conn_id) == ("store", "acme.myshopify.com", "shopify_acme")


def test_the_day_of_an_exchange_rate_may_be_quoted():
    first, _ = validated(changed((*FIRST, "fx_rates"), [RATE, RATE | {"since": "2026-02-01"}])).workspaces
    assert [(rate.sold, rate.bought, rate.since, rate.rate) for rate in first.fx_rates] == [
        ("EGP", "SAR", date(2026, 1, 1), 0.078),
        ("EGP", "SAR", date(2026, 2, 1), 0.078),
    ]


FIRST = ("workspaces", 0)
RATE = {"from": "EGP", "to": "SAR", "since": date(2026, 1, 1), "rate": 0.078}
META = (*FIRST, "ad_accounts", 0)
SHOP = (*FIRST, "stores", 0)
ERRORS = [
    (
        (*FIRST, "timezone"),
        "Asia/Riyad",
        "workspaces[0].timezone: unknown time zone 'Asia/Riyad' (expected an IANA",
    ),
    ((*FIRST, "timezone"), "UTC+3", "workspaces[0].timezone: unknown time zone 'UTC+3'"),
    ((*FIRST, "timezone"), "../etc/passwd", "unknown time zone"),
    (
        (*FIRST, "currency"),
        "SR",
        "workspaces[0].currency: unknown currency 'SR' (expected an ISO 4217",
    ),
    ((*FIRST, "currency"), "sar", "workspaces[0].currency: unknown currency 'sar'"),
    ((*FIRST, "currency"), "DEM", "unknown currency"),
    ((*FIRST, "currency"), GONE, "workspaces[0]: Object missing required field `currency`"),
    ((*FIRST, "id"), "Acme Trading", "workspaces[0].id"),
    ((*FIRST, "id"), "nakhla", "duplicate id 'nakhla': give each"),
    ((*FIRST, "curency"), "SAR", "workspaces[0]: Object contains unknown field `curency`"),
    ((*FIRST, "history_days"), 0, "workspaces[0].history_days"),
    ((*FIRST, "history_days"), "ninety", "workspaces[0].history_days"),
    ((*FIRST, "recent_days"), -1, "workspaces[0].recent_days"),
    ((*FIRST, "fx_rates"), [RATE | {"from": "EGX"}], "fx_rates[0].from: unknown currency 'EGX' (expected an ISO 4217"),
    (
        (*FIRST, "fx_rates"),
        [RATE | {"to": "USD"}],
        "fx_rates[0].to: invalid currency 'USD' (expected SAR, ",
    ),
    (
        (*FIRST, "fx_rates"),
        [RATE | {"from": "SAR"}],
        "fx_rates[0].from: unnecessary rate for SAR, the",
    ),
    (
        (*FIRST, "fx_rates"),
        [RATE, RATE | {"rate": 1}],
        "fx_rates[1].since: duplicate rate for EGP from 2026-01-01",
    ),
    ((*FIRST, "fx_rates"), [RATE | {"rate": 0}], "workspaces[0].fx_rates[0].rate"),
    ((*FIRST, "fx_rates"), [RATE | {"since": "soon"}], "workspaces[0].fx_rates[0].since"),
    ((*FIRST, "fx_rates"), [{"from": "EGP"}], "workspaces[0].fx_rates[0]: Object missing required field `to`"),
    ((*FIRST, "attribution"), {"model": "first_click"}, "workspaces[0].attribution.model"),
    ((*FIRST, "attribution"), {"window_days": 400}, "workspaces[0].attribution.window_days"),
    ((*FIRST, "alerts"), {"roas_drop_ration": 0.7}, "workspaces[0].alerts: Object contains unknown field"),
    ((*FIRST, "alerts"), {"roas_drop_ratio": 0}, "workspaces[0].alerts.roas_drop_ratio"),
    (
        (*META, "platform"),
        "facebook",
        "workspaces[0].ad_accounts[0].platform: unknown platform 'facebook' (expected",
    ),
    ((*META, "platform"), "shopify", "workspaces[0].ad_accounts[0].platform: unknown platform 'shopify'"),
    ((*META, "platform"), GONE, "workspaces[0].ad_accounts[0].platform: missing (add it)"),
    ((*META, "account_id"), GONE, "workspaces[0].ad_accounts[0].account_id: missing (add it)"),
    ((*META, "account_id"), "", "workspaces[0].ad_accounts[0].account_id: missing (add it)"),
    (
        (*META, "account_id"),
        901234567890,
        "workspaces[0].ad_accounts[0].account_id: invalid value 901234567890 (expected",
    ),
    ((*META, "conn_id"), None, "workspaces[0].ad_accounts[0].conn_id: missing (add it)"),
    ((*META, "conn_id"), ["a"], "workspaces[0].ad_accounts[0].conn_id: invalid value ['a'] (expected text"),
    ((*META, "report_mode"), "auto", "ad_accounts[0].report_mode: unknown key for meta: remove it"),
    ((*META, "purchase_action"), True, "ad_accounts[0].purchase_action: invalid value True (expected text"),
    ((*FIRST, "ad_accounts", 1, "report_mode"), "asynchron", "report_mode: invalid value 'asynchron' (expected one of"),
    ((*SHOP, "store_id"), GONE, "workspaces[0].stores[0].store_id: missing (add it)"),
    ((*SHOP, "platform"), "magento", "workspaces[0].stores[0].platform: unknown platform 'magento'"),
    ((*FIRST, "stores"), None, "workspaces[0].stores"),
    ((*FIRST, "stores"), ["acme"], "workspaces[0].stores[0]"),
    (("workspaces",), [], "workspaces"),
    (("workspaces",), GONE, "missing required field `workspaces`"),
    (("workspace",), [], "unknown field `workspace`"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), ERRORS)
def test_an_error_is_one_sentence_with_file_key_and_remedy(path, value, sentence):
    with pytest.raises(ConfigError) as caught:
        validated(changed(path, value))
    text = str(caught.value)
    assert text.startswith("my.yaml: ")
    assert sentence in text
    assert "\n" not in text
    assert any(separator in text.partition(sentence)[2] + sentence for separator in (" (", ": "))


@pytest.mark.parametrize("document", [None, [], "text", 17, {}])
def test_an_invalid_document_names_what_is_expected(document):
    with pytest.raises(ConfigError, match=r"^my\.yaml: .*workspaces"):
        validated(document)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1)])
def test_an_account_belongs_to_one_workspace_and_is_named_once(first, second):
    document = copy.deepcopy(VALID)
    twin = document["workspaces"][0]["ad_accounts"][0]
    document["workspaces"][second].setdefault("ad_accounts", []).append(dict(twin))
    with pytest.raises(ConfigError, match=r"meta account 9012 is linked to both 'acme' and .*: remove one link"):
        validated(document)
    assert first == 0


def test_one_id_on_two_platforms_is_two_accounts():
    assert len(validated(changed((*FIRST, "ad_accounts", 1, "account_id"), "9012")).links) == 3
