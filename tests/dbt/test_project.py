"""Rules of the project: no deprecated syntax, no Jinja blocks outside macros, no source names outside staging."""

from __future__ import annotations

import csv
import re

import pytest
import yaml
from dbt_process import PROJECT, folders, python

from adsync import registry
from adsync.models import Account
from adsync.sources.common.pii import CAMPAIGN_KEY
from adsync.sources.snapchat import unlisted_spend

# dbt checks its configuration files against JSON schemas for a few adapters only; this adds ours, then parses.
PARSE = """
import sys
from dbt.cli.main import dbtRunner
from dbt.jsonschemas import jsonschemas
gated = jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS
gated.add("postgres") if isinstance(gated, set) else gated.append("postgres")
events = []
words = ["--no-partial-parse", "--show-all-deprecations", *sys.argv[1:]]
result = dbtRunner(callbacks=[events.append]).invoke(["parse", *words])
print([event.info.msg for event in events if "Deprecat" in event.info.name])
sys.exit(not result.success)
"""
# Query parameters in which ad platforms and link builders put ids of campaigns, ads and clicks.
ID_KEYS = [
    f"{prefix}{entity}{id_}"
    for prefix in ("", "fb_", "hsa_")
    for entity in ("campaign", "ad", "adset", "ad_set", "adgroup", "ad_group", "adsquad", "ad_squad")
    for id_ in ("id", "_id")
] + ["fbclid", "ttclid", "gclid", "gbraid", "wbraid", "sccid", "ScCid"]
AD_ENTITIES = ("accounts", "campaigns", "campaign_metrics", "ads")
MODELS = sorted(PROJECT.glob("models/**/*.sql"))
MARTS = [model for model in MODELS if model.parent.name == "marts"]
# Macros that a reader knows from their names: references, how a value is written, sums.
KNOWN_BY_NAME = {"ref", "var", "function", "money", "ratio", "local_date", "utc_text", "sum_or_null"}
# A pair: the join of the exchange rates, and the rate.
CONVERSION = {"join_rates", "joined_rate"}
MOST_MACROS = 3
INCREMENTAL_MACROS = {
    name
    for file in PROJECT.glob("macros/incremental/*.sql")
    for name in re.findall(r"\{% macro (\w+)\(", file.read_text())
}


def test_no_deprecated_form_is_used(local_servers, scratch):
    out = python(local_servers.database_url("adsync"), "-c", PARSE, *folders(scratch / "deprecations"))
    assert out.splitlines()[-1] == "[]"


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_has_no_jinja_block_and_ends_with_select_from_its_last_cte(model):
    text = model.read_text()
    assert not re.search(r"\{%|config\(", text)
    assert re.search(r"\nselect \* from \w+\n$", text)
    assert len(text.splitlines()) <= 250


@pytest.mark.parametrize("mart", MARTS, ids=lambda path: path.stem)
def test_a_mart_is_read_without_opening_many_macros(mart):
    """One of them, at most, returns the rows to build; the incremental logic behind it is in intermediate models."""
    called = set(re.findall(r"\{\{ (\w+)\(", mart.read_text())) - KNOWN_BY_NAME
    assert len(called - CONVERSION) <= MOST_MACROS
    assert len(called & INCREMENTAL_MACROS) <= 1


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_has_a_yml_file_of_its_own_with_its_unit_tests(model):
    properties = yaml.safe_load(model.with_suffix(".yml").read_text())
    assert [described["name"] for described in properties["models"]] == [model.stem]
    assert {test["model"] for test in properties.get("unit_tests", [])} <= {model.stem}


def test_macros_are_short():
    lengths = {
        (path.name, name): body.count("\n")
        for path in PROJECT.glob("macros/**/*.sql")
        for name, body in re.findall(r"\{% macro (\w+)\(.*?-?%\}\n(.*?)\{%-? endmacro", path.read_text(), re.DOTALL)
    }
    assert {name: length for name, length in lengths.items() if length >= 15} == {}


def test_every_registered_source_has_its_staging_models(manifest):
    wanted = {f"stg_{s}__{e}" for s in registry.ad_platforms() for e in AD_ENTITIES}
    wanted |= {f"stg_{s}__{e}" for s in registry.stores() for e in ("stores", "orders", "order_touches")}
    staged = {node["name"] for node in manifest["nodes"].values() if node["name"].startswith("stg_")}
    assert {name for name in staged if not name.startswith("stg_adsync__")} == wanted


def test_only_staging_knows_a_source_by_name():
    known = re.compile(rf"\b({'|'.join(registry.names())})\b", re.IGNORECASE)
    shared = [path for path in PROJECT.glob("**/*.sql") if "staging" not in path.parts and "target" not in path.parts]
    # A node's `meta` is a configuration of dbt.
    texts = {path.name: path.read_text().replace(".config.meta", "") for path in shared}
    assert {name: found for name, text in texts.items() if (found := known.findall(text))} == {}


@pytest.mark.parametrize(("seed", "told"), [("purchase_actions", {}), ("utm_sources", {"kind": "source"})])
def test_every_ad_platform_has_words_for_a_purchase_and_for_itself(seed, told):
    """Without them its purchases are not counted and its links not recognized, without an error."""
    with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
        known = {row["platform"] for row in csv.DictReader(file) if told.items() <= row.items()}
    assert set(registry.ad_platforms()) <= known


def test_spend_of_no_campaign_is_known_by_the_name_that_its_source_gives_it():
    name = unlisted_spend.campaign_id(Account("acme", "snapchat", account_id="", conn_id=""))
    assert f"'{name}'" in (PROJECT / "models/intermediate/quality/int_campaigns__unlisted.sql").read_text()


def test_the_allow_list_of_links_keeps_every_parameter_that_sql_reads():
    """Parameters that the allow list drops are removed before SQL could read them."""
    patterns = re.findall(r"""from '(?:\(\?i\))?&([^'=]+)=""", (PROJECT / "macros/text/urls.sql").read_text())
    looked_for = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
    wanted = [{key for key in ID_KEYS if pattern.fullmatch(key)} for pattern in looked_for]
    assert len(wanted) >= 4
    assert all(wanted)
    assert {key for key in set().union(*wanted) if not CAMPAIGN_KEY.fullmatch(key)} == set()
