"""dbt's manifest: every model has a description, an owner, a contract and a proven grain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dbt_process import PROJECT, rows

from adsync import registry

# Computed when read.
COMPUTED = {"view", "ephemeral", "function"}
ROOT = Path(__file__).resolve().parents[2]
# Rows may be reported or withdrawn and names replaced more than once: these tables have no key.
WITHOUT_KEY = {"stg_adsync__withdrawals", "stg_adsync__observations", "stg_adsync__former_names"}
KEYS = """select keyed.relname as name,
        array_agg(cast(attname as text) order by array_position(conkey, attnum)) as columns
    from pg_constraint inner join pg_class as keyed on keyed.oid = conrelid
    inner join pg_attribute on attrelid = conrelid and attnum = any(conkey)
    where contype = 'p' and connamespace = cast(%s as regnamespace) group by keyed.relname"""


@pytest.fixture(scope="module")
def models(manifest) -> dict[str, dict]:
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def test_the_description_of_every_model_begins_with_its_grain(models):
    assert {node["name"] for node in models.values() if not node["description"].startswith("One row per ")} == set()


def test_the_description_of_every_seed_and_source_table_begins_with_its_grain(manifest):
    described = [node for node in manifest["nodes"].values() if node["resource_type"] == "seed"]
    described += manifest["sources"].values()
    assert {node["name"] for node in described if not node["description"].startswith("One row per ")} == set()


def test_staging_and_marts_keep_a_contract(models):
    promised = [node for node in models.values() if node["schema"] in {"staging", "marts"}]
    assert {node["name"] for node in promised if not node["config"]["contract"]["enforced"]} == set()


def test_every_column_of_a_mart_is_described(models):
    columns = [(node["name"], column) for node in marts(models) for column in node["columns"].values()]
    assert {(name, column["name"]) for name, column in columns if not column["description"].strip()} == set()


def test_every_model_has_a_group_with_an_owner_and_only_marts_are_public(models, manifest):
    owned = {group["name"] for group in manifest["groups"].values() if group["owner"]["name"]}
    assert {node["name"] for node in models.values() if node["config"]["group"] not in owned} == set()
    public = {node["name"] for node in models.values() if node["access"] == "public"}
    assert public == {node["name"] for node in marts(models)}


def test_every_model_proves_its_grain(models, manifest, local_servers):
    tests = [node for node in manifest["nodes"].values() if node.get("test_metadata")]
    proven = {test["attached_node"] for test in tests if test["test_metadata"]["name"] == "one_row_per"}
    # A key enforced by PostgreSQL proves it too.
    proven |= {key for key, node in models.items() if has_key(node) or has_unique_index(node)}
    # Staging models of sources are proven by the intermediate model that unites them.
    typed = [node for key, node in models.items() if key in proven and node["schema"] == "intermediate"]
    proven |= {parent for node in typed for parent in node["depends_on"]["nodes"] if is_staged(models.get(parent))}
    # Staging models of a single table have the key of that table.
    keyed = {row["name"] for row in rows(local_servers.database_url("adsync"), KEYS, "adsync")}
    keyed |= {row["name"] for row in rows(local_servers.database_url("adsync"), KEYS, "raw")}
    proven |= {key for key, node in models.items() if node["name"].removeprefix("stg_adsync__") in keyed}
    proven |= shown_by_views(models, manifest, proven)
    assert {node["name"] for key, node in models.items() if key not in proven} == WITHOUT_KEY


def shown_by_views(models: dict[str, dict], manifest: dict, proven: set[str]) -> set[str]:
    """Returns the models behind functions whose rows a view with a proven grain shows."""
    called = {parent for key in proven & models.keys() for parent in models[key]["depends_on"]["nodes"]}
    functions = [node for key, node in manifest["functions"].items() if key in called]
    return {parent for node in functions for parent in node["depends_on"]["nodes"]}


def has_key(node: dict) -> bool:
    return any(constraint["type"] == "primary_key" for constraint in node["constraints"])


def has_unique_index(node: dict) -> bool:
    return any(index.get("unique") for index in node["config"].get("indexes", []))


def is_staged(node: dict | None) -> bool:
    return bool(node) and node["schema"] == "staging" and "stg_adsync__" not in node["name"]


def marts(models: dict[str, dict]) -> list[dict]:
    return [node for node in models.values() if node["schema"] == "marts"]


def test_the_primary_keys_of_the_marts_are_in_the_database(built, models):
    declared = {
        node["name"]: [c["columns"] for c in node["constraints"] if c["type"] == "primary_key"]
        for node in marts(models)
        if has_key(node)
    }
    assert {row["name"]: [row["columns"]] for row in rows(built, KEYS, "marts")} == declared


def test_tables_of_one_kind_share_one_contract(models):
    contracts: dict[str, set] = {}
    for node in models.values():
        if node["name"].startswith("stg_") and "adsync" not in node["name"]:
            entity = node["name"].split("__")[1]
            columns = tuple((name, column["data_type"]) for name, column in node["columns"].items())
            contracts.setdefault(entity, set()).add(columns)
    assert {entity for entity, found in contracts.items() if len(found) > 1} == set()


def test_every_table_that_figures_come_from_has_a_freshness_to_keep(manifest):
    figures = [node for node in manifest["sources"].values() if node["name"] in {"campaign_metrics", "orders"}]
    assert {node["identifier"] for node in figures if not (node["freshness"] or {}).get("warn_after")} == set()


@pytest.mark.parametrize(
    ("exposure", "reader"),
    [
        ("dashboard", "dashboard/snapshot.py"),
        ("ads_page", "dashboard/web"),
        ("alerts", "alerts"),
        ("consistency_report", "status/consistency.py"),
        ("explanations", "status/order_explanation.py"),
    ],
)
def test_an_exposure_depends_on_the_marts_that_its_code_reads(manifest, exposure, reader):
    (node,) = [node for node in manifest["exposures"].values() if node["name"] == exposure]
    declared = {name.rpartition(".")[2] for name in node["depends_on"]["nodes"]}
    assert declared == marts_read_in(PROJECT.parent / "plugins" / "adsync" / reader)


def marts_read_in(code: Path) -> set[str]:
    files = code.glob("**/*.py") if code.is_dir() else [code]
    return {name for file in files for name in re.findall(r"(?:from|join) marts\.(\w+)", file.read_text())}


def test_the_runbook_has_a_row_for_every_type_of_consistency_issue(models):
    text = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    _, _, text = text.partition("## `marts.consistency_issues` has rows")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == allowed(models, "consistency_issues", "type")


def test_every_rule_and_reason_has_a_label(models):
    codes = allowed(models, "touches", "match_rule") | allowed(models, "touches", "unmatched_reason")
    codes |= allowed(models, "attribution_decisions", "reason") | allowed(models, "performance_alerts", "type")
    assert codes - set(registry.labels()) == set()


def test_every_alert_rule_of_the_project_is_defined(models):
    [checks] = [node for node in models.values() if node["name"] == "int_alert_checks"]
    assert set(registry.alert_rules()) == set(re.findall(r"'(\w+)', '(?:high|medium|low)'", checks["raw_code"]))


def allowed(models: dict[str, dict], mart: str, column: str) -> set[str]:
    """Returns the values that the column's contract accepts."""
    [node] = [each for each in models.values() if each["name"] == mart]
    [check] = [each for each in node["columns"][column]["constraints"] if each["type"] == "check"]
    return set(re.findall(r"'(\w+)'", check["expression"]))


def test_a_test_that_reads_all_of_history_is_not_an_hourly_one(manifest):
    singular = [
        node for node in manifest["nodes"].values() if node["resource_type"] == "test" and "test_metadata" not in node
    ]
    assert {node["name"] for node in singular if "nightly" not in node["tags"]} == set()


def reads_the_clock(node: dict, manifest: dict) -> bool:
    """Directly, or through a view, a function or an ephemeral model."""
    known = manifest["nodes"] | manifest["functions"]
    parents = [known[parent] for parent in node["depends_on"]["nodes"] if parent in known]
    computed = [parent for parent in parents if parent["config"]["materialized"] in COMPUTED]
    return "as_of()" in node["raw_code"] or any(reads_the_clock(parent, manifest) for parent in computed)


def test_models_that_read_the_clock_are_tagged_and_nothing_depends_on_them(manifest, models):
    tables = [node for node in models.values() if node["config"]["materialized"] not in COMPUTED]
    by_the_clock = {node["name"] for node in tables if reads_the_clock(node, manifest)}
    tagged = {node["name"]: node["unique_id"] for node in tables if "clock" in node["tags"]}
    # It changes at the beginning of a day only, when everything is rebuilt.
    assert by_the_clock - {"int_accounts"} == set(tagged)
    read = {parent for node in models.values() for parent in node["depends_on"]["nodes"]}
    assert read & set(tagged.values()) == set()
