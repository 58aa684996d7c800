"""The rules of the layout: who may import whom, how things are named, and how large they may grow."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from adsync import registry

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "plugins" / "adsync"
MOST_LINES, MOST_FUNCTION_LINES = 200, 30

PRODUCT = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "dags").glob("*.py")])
SOURCES = {name: PACKAGE / "sources" / f"{name}.py" for name in registry.names()}
# What every source may share.
SHARED = {"auth", "base", "children", "renewal", "decode", "oauth", "paging", "personal", "statuses"}
AIRFLOW_FOLDERS = ("operators", "triggers", "hooks")


def name_of(file: Path) -> str:
    """The dotted name of a module of the product; of a DAG file, `dags.<file>`."""
    if not file.is_relative_to(PACKAGE):
        return f"dags.{file.stem}"
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> set[str]:
    """Every module that the file imports anywhere in it; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def of(package: str, modules: set[str]) -> set[str]:
    return {module for module in modules if module == package or module.startswith(f"{package}.")}


def inside(*folders: str) -> list[Path]:
    return [file for file in PRODUCT if any(file.is_relative_to(PACKAGE / folder) for folder in folders)]


def outside(*folders: str) -> list[Path]:
    return [file for file in PRODUCT if file not in inside(*folders)]


def breaking(files: list[Path], *forbidden: str) -> dict[str, set[str]]:
    """Which of the files import what they must not."""
    found = {name_of(file): set().union(*(of(each, imports(file)) for each in forbidden)) for file in files}
    return {name: modules for name, modules in found.items() if modules}


def test_only_dags_operators_triggers_hooks_and_the_plugin_know_airflow():
    core = [
        file for file in outside(*AIRFLOW_FOLDERS) if file.is_relative_to(PACKAGE) and not file.stem.endswith("plugin")
    ]
    assert breaking(core, "airflow") == {}


def test_the_core_does_not_know_the_airflow_side():
    core = [
        file for file in outside(*AIRFLOW_FOLDERS) if file.is_relative_to(PACKAGE) and not file.stem.endswith("plugin")
    ]
    assert breaking(core, *(f"adsync.{folder}" for folder in AIRFLOW_FOLDERS)) == {}


def test_operators_use_triggers_and_hooks_and_never_the_other_way_round():
    assert breaking(inside("triggers", "hooks"), "adsync.operators") == {}
    assert breaking(inside("hooks"), "adsync.triggers") == {}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_knows_its_own_parts_and_what_all_share(name):
    """Its own parts are modules named after it: `meta_errors` belongs to `meta`."""
    own = [*PACKAGE.joinpath("sources").glob(f"{name}.py"), *PACKAGE.joinpath("sources").glob(f"{name}_*.py")]
    for file in own:
        parts = {module.split(".")[2] for module in of("adsync.sources", imports(file)) if module.count(".") >= 2}
        strangers = {part for part in parts - SHARED if part != name and not part.startswith(f"{name}_")}
        assert strangers == set(), f"{name_of(file)} imports {strangers}"


@pytest.mark.parametrize("part", sorted(SHARED))
def test_what_sources_share_knows_no_source(part):
    file = PACKAGE / "sources" / f"{part}.py"
    assert breaking([file], *(f"adsync.sources.{name}" for name in SOURCES)) == {}


def test_sources_reach_the_platform_and_nothing_else():
    allowed = {"adsync", "adsync.errors", "adsync.window", "adsync.transport", "adsync.sources"}
    for file in inside("sources"):
        known = {".".join(module.split(".")[:2]) for module in of("adsync", imports(file))}
        assert known <= allowed, f"{name_of(file)} imports {known - allowed}"


@pytest.mark.parametrize(
    "name", ["raw", "state", "warehouse", "runs", "scope", "tokens", "quota", "sealing", "deliveries", "notices"]
)
def test_what_stores_knows_no_source(name):
    files = [file for file in PRODUCT if file == PACKAGE / f"{name}.py"]
    for file in files:
        found = imports(file)
        shapes = {"adsync.sources"} | of("adsync.sources.base", found) | of("adsync.sources.limit", found)
        assert of("adsync.sources", found) <= shapes
    assert breaking(files, "adsync.registry") == {}


def test_nobody_imports_a_source_by_name():
    """The registry does, by the name it was given."""
    others = [file for file in PRODUCT if not file.is_relative_to(PACKAGE / "sources")]
    assert breaking(others, *(f"adsync.sources.{name}" for name in SOURCES)) == {}


def test_transport_knows_no_source_and_no_storage():
    """Tokens are kept and budgets are counted by what it is given: it knows their shapes."""
    allowed = {"errors", "network", "quota", "redaction", "tokens"}
    for name in ("transport", "network", "redaction"):
        found = imports(PACKAGE / f"{name}.py")
        strange = of("adsync", found) - {"adsync"} - of("adsync.sources.base", found)
        assert {module.split(".")[1] for module in strange} <= allowed


@pytest.mark.parametrize("name", ["errors", "window"])
def test_the_ground_stands_on_nothing(name):
    assert of("adsync", imports(PACKAGE / f"{name}.py")) == set()


def test_alerts_and_dashboard_read_marts_only():
    forbidden = ("sources", "raw", "state", "registry", "transport", "sync", "reader")
    assert breaking(inside("alerts", "dashboard"), *(f"adsync.{name}" for name in forbidden)) == {}


def test_nothing_of_the_product_imports_the_sandbox():
    assert breaking(outside("sandbox"), "adsync.sandbox") == {}


def test_the_command_line_loads_the_sandbox_by_name_alone():
    named = [
        name_of(file)
        for file in outside("sandbox")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module"
        and "sandbox" in ast.dump(node)
    ]
    assert named == ["adsync.cli"]


def test_the_sandbox_shares_no_code_with_the_product():
    for file in inside("sandbox"):
        strange = of("adsync", imports(file)) - of("adsync.sandbox", imports(file)) - {"adsync"}
        assert strange == set(), f"{name_of(file)} imports {strange}"


def test_the_demo_is_imported_by_nothing_but_itself():
    assert breaking(outside("demo"), "adsync.demo") == {}


def installed() -> set[str]:
    """Top-level names that a module of ours could hide, or be hidden by."""
    ours = {"adsync", "dags", "tests"}
    return (set(sys.stdlib_module_names) | set(importlib.metadata.packages_distributions())) - ours


def plugin_folder() -> Iterator[Path]:
    """What Airflow puts on the import path as it is: files and packages directly below dags/ and plugins/."""
    for folder in (ROOT / "dags", ROOT / "plugins"):
        yield from (entry for entry in folder.iterdir() if entry.suffix == ".py" or (entry / "__init__.py").exists())


def test_no_file_on_the_import_path_hides_another_package():
    assert {entry.stem for entry in plugin_folder()} & installed() == set()


def test_no_module_is_named_like_one_of_the_standard_library_or_an_installed_package():
    """Run from its own folder, or loaded by its stem as plugins are, such a module would hide the real one."""
    taken = installed() - {"__init__"}
    assert {name_of(file) for file in PRODUCT if file.stem in taken} == set()


@pytest.mark.parametrize("file", PRODUCT, ids=name_of)
def test_a_module_says_what_it_is_and_stays_small(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert ast.get_docstring(tree_of(file)), f"{name_of(file)} has no docstring"
    assert len(lines) <= MOST_LINES, f"{name_of(file)} has {len(lines)} lines"


@pytest.mark.parametrize("file", PRODUCT, ids=name_of)
def test_a_function_fits_on_half_a_screen(file):
    long = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES
    }
    assert long == {}


def test_readme_names_every_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    parsers = "".join(file.read_text(encoding="utf-8") for file in inside("cli.py", "commands"))
    wanted = {f"make {target}" for target in targets if target != "help"}
    wanted |= {
        f".venv/bin/python -m adsync {command}" for command in re.findall(r'commands\.add_parser\("(\w+)"', parsers)
    }
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    assert {command for command in wanted if not any(f"`{command}" in row for row in rows)} == set()
