from __future__ import annotations

import copy
from datetime import date

import pytest

from adsync import registry
from adsync.config import workspaces
from adsync.errors import ConfigError

SOURCES = {name: registry.load(name) for name in registry.names()}
RIGHT = {
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


def checked(document):
    return workspaces.checked(document, "my.yaml", SOURCES)


def changed(path, value):
    """The right document with one value replaced, or taken away."""
    document = copy.deepcopy(RIGHT)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return document


def test_every_setting_has_a_default():
    first, second = checked(RIGHT).workspaces
    assert (first.history_days, first.recent_days, first.attribution.window_days) == (90, 2, 7)
    assert (second.alerts.roas_drop_ratio, second.alerts.min_spend, second.alerts.channels) == (0.7, 100, ["log"])


def test_accounts_and_stores_become_links_with_their_options():
    meta, tiktok, shop = checked(RIGHT).links
    assert (meta.platform, meta.kind, meta.native_id, meta.workspace_id) == ("meta", "ad_account", "9012", "acme")
    assert tiktok.options == {"report_mode": "auto"}
    assert (shop.kind, shop.native_id, shop.conn_id) == ("store", "acme.myshopify.com", "shopify_acme")


def test_a_rate_of_one_s_own_has_a_day_whether_or_not_it_is_quoted():
    first, _ = checked(changed((*FIRST, "fx_rates"), [RATE, RATE | {"since": "2026-02-01"}])).workspaces
    assert [(rate.sold, rate.bought, rate.since, rate.rate) for rate in first.fx_rates] == [
        ("EGP", "SAR", date(2026, 1, 1), 0.078),
        ("EGP", "SAR", date(2026, 2, 1), 0.078),
    ]


FIRST = ("workspaces", 0)
RATE = {"from": "EGP", "to": "SAR", "since": date(2026, 1, 1), "rate": 0.078}
META = (*FIRST, "ad_accounts", 0)
SHOP = (*FIRST, "stores", 0)
MISTAKES = [
    ((*FIRST, "timezone"), "Asia/Riyad", "workspaces[0].timezone: 'Asia/Riyad' is no IANA time zone"),
    ((*FIRST, "timezone"), "UTC+3", "workspaces[0].timezone: 'UTC+3' is no IANA time zone"),
    ((*FIRST, "timezone"), "../etc/passwd", "is no IANA time zone"),
    ((*FIRST, "currency"), "SR", "workspaces[0].currency: 'SR' is no ISO 4217 currency; write one such as SAR"),
    ((*FIRST, "currency"), "sar", "workspaces[0].currency: 'sar' is no ISO 4217 currency"),
    ((*FIRST, "currency"), "DEM", "is no ISO 4217 currency"),
    ((*FIRST, "currency"), GONE, "workspaces[0]: Object missing required field `currency`"),
    ((*FIRST, "id"), "Acme Trading", "workspaces[0].id"),
    ((*FIRST, "id"), "nakhla", "the id 'nakhla' is there twice"),
    ((*FIRST, "curency"), "SAR", "workspaces[0]: Object contains unknown field `curency`"),
    ((*FIRST, "history_days"), 0, "workspaces[0].history_days"),
    ((*FIRST, "history_days"), "ninety", "workspaces[0].history_days"),
    ((*FIRST, "recent_days"), -1, "workspaces[0].recent_days"),
    ((*FIRST, "fx_rates"), [RATE | {"from": "EGX"}], "fx_rates[0].from: 'EGX' is no ISO 4217 currency; write one"),
    ((*FIRST, "fx_rates"), [RATE | {"to": "USD"}], "fx_rates[0].to: 'USD' is not the workspace's currency; write SAR"),
    ((*FIRST, "fx_rates"), [RATE | {"from": "SAR"}], "fx_rates[0].from: SAR needs no rate"),
    ((*FIRST, "fx_rates"), [RATE, RATE | {"rate": 1}], "fx_rates[1].since: EGP has two rates since 2026-01-01; keep"),
    ((*FIRST, "fx_rates"), [RATE | {"rate": 0}], "workspaces[0].fx_rates[0].rate"),
    ((*FIRST, "fx_rates"), [RATE | {"since": "soon"}], "workspaces[0].fx_rates[0].since"),
    ((*FIRST, "fx_rates"), [{"from": "EGP"}], "workspaces[0].fx_rates[0]: Object missing required field `to`"),
    ((*FIRST, "attribution"), {"model": "first_click"}, "workspaces[0].attribution.model"),
    ((*FIRST, "attribution"), {"window_days": 400}, "workspaces[0].attribution.window_days"),
    ((*FIRST, "alerts"), {"roas_drop_ration": 0.7}, "workspaces[0].alerts: Object contains unknown field"),
    ((*FIRST, "alerts"), {"roas_drop_ratio": 0}, "workspaces[0].alerts.roas_drop_ratio"),
    ((*META, "platform"), "facebook", "workspaces[0].ad_accounts[0].platform: 'facebook' is not known here; write one"),
    ((*META, "platform"), "shopify", "workspaces[0].ad_accounts[0].platform: 'shopify' is not known here"),
    ((*META, "platform"), GONE, "workspaces[0].ad_accounts[0].platform: is missing; add it"),
    ((*META, "account_id"), GONE, "workspaces[0].ad_accounts[0].account_id: is missing; add it"),
    ((*META, "account_id"), "", "workspaces[0].ad_accounts[0].account_id: is missing; add it"),
    ((*META, "account_id"), 901234567890, "workspaces[0].ad_accounts[0].account_id: 901234567890 is no text; write it"),
    ((*META, "conn_id"), None, "workspaces[0].ad_accounts[0].conn_id: is missing; add it"),
    ((*META, "conn_id"), ["a"], "workspaces[0].ad_accounts[0].conn_id: ['a'] is no text"),
    ((*META, "report_mode"), "auto", "ad_accounts[0].report_mode: meta has no such key; remove it"),
    ((*META, "purchase_action"), True, "ad_accounts[0].purchase_action: True is no text"),
    ((*FIRST, "ad_accounts", 1, "report_mode"), "asynchron", "report_mode: 'asynchron' is not possible; write one of"),
    ((*SHOP, "store_id"), GONE, "workspaces[0].stores[0].store_id: is missing; add it"),
    ((*SHOP, "platform"), "magento", "workspaces[0].stores[0].platform: 'magento' is not known here"),
    ((*FIRST, "stores"), None, "workspaces[0].stores"),
    ((*FIRST, "stores"), ["acme"], "workspaces[0].stores[0]"),
    (("workspaces",), [], "workspaces"),
    (("workspaces",), GONE, "missing required field `workspaces`"),
    (("workspace",), [], "unknown field `workspace`"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), MISTAKES)
def test_a_mistake_is_one_sentence_with_file_key_and_remedy(path, value, sentence):
    with pytest.raises(ConfigError) as caught:
        checked(changed(path, value))
    told = str(caught.value)
    assert told.startswith("my.yaml: ")
    assert sentence in told
    assert "\n" not in told
    assert any(separator in told.partition(sentence)[2] + sentence for separator in ("; ", ": "))


@pytest.mark.parametrize("document", [None, [], "text", 17, {}])
def test_a_document_of_another_shape_names_what_is_wanted(document):
    with pytest.raises(ConfigError, match=r"^my\.yaml: .*workspaces"):
        checked(document)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1)])
def test_an_account_belongs_to_one_workspace_and_is_named_once(first, second):
    document = copy.deepcopy(RIGHT)
    twin = document["workspaces"][0]["ad_accounts"][0]
    document["workspaces"][second].setdefault("ad_accounts", []).append(dict(twin))
    with pytest.raises(ConfigError, match=r"meta account 9012 is linked to both 'acme' and .*: remove one link"):
        checked(document)
    assert first == 0


def test_one_id_on_two_platforms_is_two_accounts():
    assert len(checked(changed((*FIRST, "ad_accounts", 1, "account_id"), "9012")).links) == 3
