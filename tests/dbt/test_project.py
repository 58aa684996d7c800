"""Rules of the project itself: no deprecated form, no jinja outside macros, every model described and tested."""

from __future__ import annotations

import json
import re

import pytest
from dbt_process import PROJECT, dbt, folders, python, rows

from adsync import registry

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
KEYS = """select keyed.relname as name,
        array_agg(cast(attname as text) order by array_position(conkey, attnum)) as columns
    from pg_constraint inner join pg_class as keyed on keyed.oid = conrelid
    inner join pg_attribute on attrelid = conrelid and attnum = any(conkey)
    where contype = 'p' and connamespace = cast('marts' as regnamespace) group by keyed.relname"""
AD_ENTITIES = ("accounts", "campaigns", "campaign_metrics", "ads")
MODELS = sorted(PROJECT.glob("models/**/*.sql"))


@pytest.fixture(scope="module")
def manifest(local_servers, scratch) -> dict:
    dbt(local_servers.database_url("adsync"), scratch, "parse")
    return json.loads((scratch / "manifest.json").read_text())


def test_no_deprecated_form_is_used(local_servers, scratch):
    out = python(local_servers.database_url("adsync"), "-c", PARSE, *folders(scratch / "deprecations"))
    assert out.splitlines()[-1] == "[]"


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_holds_no_jinja_block_and_ends_with_what_it_selects(model):
    text = model.read_text()
    assert not re.search(r"\{%|config\(", text)
    assert re.search(r"\nselect \* from \w+\n$", text)
    assert len(text.splitlines()) <= 250


def test_macros_are_short():
    lengths = {
        (path.name, name): body.count("\n")
        for path in PROJECT.glob("macros/**/*.sql")
        for name, body in re.findall(r"\{% macro (\w+)\(.*?-?%\}\n(.*?)\{%-? endmacro", path.read_text(), re.DOTALL)
    }
    assert {name: length for name, length in lengths.items() if length >= 15} == {}


def test_every_model_states_its_grain_and_proves_it(manifest):
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    tests = [node for node in manifest["nodes"].values() if node.get("test_metadata")]
    proven = {test["attached_node"] for test in tests if test["test_metadata"]["name"] == "one_row_per"}
    # A primary key proves it too, and reads no row again to do so.
    proven |= {key for key, node in models.items() if has_key(node)}
    # What sources stage is proven where it stands together: two equal rows here would be two there.
    typed = [node for key, node in models.items() if key in proven and node["schema"] == "intermediate"]
    proven |= {parent for node in typed for parent in node["depends_on"]["nodes"] if is_staged(models.get(parent))}
    assert {key for key, node in models.items() if not node["description"].startswith("One row per ")} == set()
    # A row may be told or withdrawn and a name replaced more than once: those ledgers have no key.
    # Clicks have theirs in raw.
    keyless = ("withdrawals", "observations", "former_names", "clicks")
    assert set(models) - proven == {f"model.adsync.stg_adsync__{ledger}" for ledger in keyless}


def has_key(node: dict) -> bool:
    return any(constraint["type"] == "primary_key" for constraint in node["constraints"])


def is_staged(node: dict | None) -> bool:
    return bool(node) and node["schema"] == "staging" and "stg_adsync__" not in node["name"]


def test_the_primary_keys_of_the_marts_are_in_the_database(built, manifest):
    declared = {
        node["name"]: [c["columns"] for c in node["constraints"] if c["type"] == "primary_key"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts" and has_key(node)
    }
    assert {row["name"]: [row["columns"]] for row in rows(built, KEYS)} == declared


def test_every_registered_source_has_its_staging_models(manifest):
    wanted = {f"stg_{s}__{e}" for s in registry.ad_platforms() for e in AD_ENTITIES}
    wanted |= {f"stg_{s}__{e}" for s in registry.stores() for e in ("stores", "orders", "order_touches")}
    staged = {node["name"] for node in manifest["nodes"].values() if node["name"].startswith("stg_")}
    assert {name for name in staged if not name.startswith("stg_adsync__")} == wanted


def test_only_staging_knows_a_source_by_name():
    known = re.compile(rf"\b({'|'.join(registry.names())})\b", re.IGNORECASE)
    shared = [path for path in PROJECT.glob("**/*.sql") if "staging" not in path.parts and "target" not in path.parts]
    assert {path.name: found for path in shared if (found := known.findall(path.read_text()))} == {}


def test_tables_of_one_kind_share_one_contract(manifest):
    contracts: dict[str, set] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["name"].startswith("stg_") and "adsync" not in node["name"]:
            entity = node["name"].split("__")[1]
            columns = tuple((name, column["data_type"]) for name, column in node["columns"].items())
            contracts.setdefault(entity, set()).add(columns)
    assert {entity for entity, found in contracts.items() if len(found) > 1} == set()
