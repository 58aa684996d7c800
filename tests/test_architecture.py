"""The rules of the layout: layers, cycles, sizes of packages, modules and functions, names on the import path."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

import import_graph
from adsync import registry
from adsync.cli.app import create_app

ROOT = Path(__file__).resolve().parents[1]
MAX_MODULE_LINES, MAX_FUNCTION_LINES = 400, 50
MAX_ROOT_MODULES, MAX_PACKAGE_MODULES = 10, 12

FILES = import_graph.modules(ROOT)
GRAPH = import_graph.graph(ROOT)
PLATFORMS = tuple(registry.names())
# Top to bottom; a module imports from its own row or from a lower one.
LAYERS = (
    ("dags", "adsync.plugin", "adsync.notes_plugin", "adsync.__main__"),
    ("adsync.operators", "adsync.triggers", "adsync.hooks", "adsync.airflow_support"),
    ("adsync.cli", "adsync.orchestration", "adsync.planning"),
    ("adsync.extract", "adsync.transform", "adsync.alerts", "adsync.dashboard", "adsync.status"),
    ("adsync.load",),
    ("adsync.state", "adsync.notifications"),
    ("adsync.config", "adsync.registry"),
    tuple(f"adsync.sources.{name}" for name in PLATFORMS),
    ("adsync.sources.common", "adsync.sources.base"),
    ("adsync.auth",),
    ("adsync.api", "adsync.warehouse", "adsync.settings", "adsync.retry"),
    ("adsync.models", "adsync.ranges", "adsync.errors"),
)
AIRFLOW_SIDE = LAYERS[0][:3] + LAYERS[1]


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def row_of(module: str) -> int | None:
    """The number of the module's layer, 0 at the top; None for packages' own empty `__init__` and other products."""
    return next((row for row, packages in enumerate(LAYERS) if within(module, *packages)), None)


def upward(edges: import_graph.Graph) -> set[tuple[str, str]]:
    """Imports that point up, and imports of another platform."""
    found = set()
    for module, imports in edges.items():
        row = row_of(module)
        for other in imports:
            above = row_of(other)
            if row is None or above is None:
                continue
            foreign = row == above == 7 and module.split(".")[2] != other.split(".")[2]
            if above < row or foreign:
                found.add((module, other))
    return found


def test_imports_point_down():
    assert upward(GRAPH) == set()


def test_there_is_no_import_cycle():
    assert import_graph.cycles(GRAPH) == []


def test_every_module_has_a_layer():
    ours = [name for name in FILES if within(name, "adsync") and name not in {"adsync", "adsync.sources"}]
    assert [name for name in ours if row_of(name) is None] == []


def test_only_the_airflow_side_imports_airflow():
    core = {name: file for name, file in FILES.items() if within(name, "adsync") and not within(name, *AIRFLOW_SIDE)}
    found = {
        name for name, file in core.items() if any(within(each, "airflow") for each in import_graph.imported(file))
    }
    assert found == set()


def test_hooks_import_no_triggers_and_triggers_no_operators():
    edges = {(a, b) for a, imports in GRAPH.items() for b in imports}
    assert {edge for edge in edges if within(edge[0], "adsync.hooks") and within(edge[1], "adsync.triggers")} == set()
    below = {edge for edge in edges if within(edge[0], "adsync.hooks", "adsync.triggers")}
    assert {edge for edge in below if within(edge[1], "adsync.operators")} == set()


def test_nothing_imports_a_platform_by_name():
    """The registry does, by the name it is given."""
    platforms = LAYERS[7]
    found = {
        (module, other)
        for module, imports in GRAPH.items()
        for other in imports
        if within(other, *platforms) and not within(module, *platforms)
    }
    assert found == set()


def shared_code() -> Iterator[Path]:
    """Python, SQL and JavaScript outside the folders that belong to one platform."""
    for folder, pattern in (("plugins", "*.py"), ("plugins", "*.js"), ("dags", "*.py"), ("dbt_project", "*.sql")):
        for file in (ROOT / folder).rglob(pattern):
            place = file.relative_to(ROOT).parts
            own = {"staging", *PLATFORMS} if folder == "dbt_project" else set(PLATFORMS)
            if not own & set(place) and not {"target", "dbt_packages"} & set(place):
                yield file


def test_shared_code_names_no_platform():
    """A platform has its own folders, the registry and seeds. `meta` is also a key of the dashboard cache."""
    quoted = re.compile(rf"""["']({"|".join(name for name in PLATFORMS if name != "meta")})["']""")
    found = {(file.name, name) for file in shared_code() for name in quoted.findall(file.read_text(encoding="utf-8"))}
    assert found == set()


def test_sandbox_and_demo_stand_beside_the_package():
    """The sandbox shares no code with what it tests; nothing of the package imports either of them."""
    for module, imports in GRAPH.items():
        foreign = {other for other in imports if within(other, "adsync_sandbox", "adsync_demo")}
        if not within(module, "adsync_sandbox", "adsync_demo"):
            assert foreign == set(), module
        if within(module, "adsync_sandbox"):
            assert {other for other in imports if not within(other, "adsync_sandbox")} == set(), module


def oversized(names: list[str]) -> dict[str, int]:
    """Packages with more modules of their own than the limit, `__init__` left out."""
    sizes = {package: len(own) for package, own in import_graph.packages_in(names).items()}
    limits = dict.fromkeys(("adsync", "adsync_sandbox", "adsync_demo"), MAX_ROOT_MODULES)
    return {package: size for package, size in sizes.items() if size > limits.get(package, MAX_PACKAGE_MODULES)}


def plain_modules() -> list[str]:
    return [name for name, file in FILES.items() if file.name != "__init__.py" and not name.startswith("dags.")]


def test_packages_stay_small():
    assert oversized(plain_modules()) == {}


def test_the_rules_fail_when_they_are_broken(tmp_path):
    folder = tmp_path / "plugins" / "adsync" / "state"
    folder.mkdir(parents=True)
    (tmp_path / "dags").mkdir()
    (folder / "leases.py").write_text("from adsync.extract import runner\n", encoding="utf-8")
    (folder / "one.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from adsync.state import two\n", encoding="utf-8"
    )
    (folder / "two.py").write_text("from adsync.state.one import x\n", encoding="utf-8")
    (tmp_path / "plugins" / "adsync" / "extract").mkdir()
    (tmp_path / "plugins" / "adsync" / "extract" / "runner.py").write_text("", encoding="utf-8")
    broken = import_graph.graph(tmp_path)
    assert upward(broken) == {("adsync.state.leases", "adsync.extract.runner")}
    assert import_graph.cycles(broken) == [["adsync.state.one", "adsync.state.two"]]
    assert oversized([f"adsync.load.m{n}" for n in range(MAX_PACKAGE_MODULES + 1)]) == {"adsync.load": 13}
    assert oversized([f"adsync.m{n}" for n in range(MAX_ROOT_MODULES + 1)]) == {"adsync": 11}


def installed() -> set[str]:
    """Top-level names that a module of ours could hide, or be hidden by."""
    ours = {"adsync", "adsync_sandbox", "adsync_demo", "dags", "tests"}
    return (set(sys.stdlib_module_names) | set(importlib.metadata.packages_distributions())) - ours


def on_the_import_path() -> Iterator[Path]:
    """What Airflow puts on the import path as it is: files and packages directly below dags/ and plugins/."""
    for folder in (ROOT / "dags", ROOT / "plugins"):
        yield from (entry for entry in folder.iterdir() if entry.suffix == ".py" or (entry / "__init__.py").exists())


def test_no_file_on_the_import_path_hides_another_package():
    assert {entry.stem for entry in on_the_import_path()} & installed() == set()


def test_no_module_is_named_like_one_of_the_standard_library_or_an_installed_package():
    """Run from its own folder, or loaded by its stem as plugins are, such a module would hide the real one."""
    taken = installed() - {"__init__", "__main__"}
    assert {name for name, file in FILES.items() if file.stem in taken} == set()


@pytest.mark.parametrize("name", FILES)
def test_a_module_has_a_docstring_and_a_bounded_size(name):
    text = FILES[name].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{name} has no docstring"
    assert text.count("\n") <= MAX_MODULE_LINES


@pytest.mark.parametrize("name", FILES)
def test_functions_have_a_bounded_size(name):
    long = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert long == {}


def cli_commands() -> set[str]:
    """Every command of the command line with its group: `sync`, `config check`."""

    def walk(command: object, words: tuple[str, ...]) -> Iterator[str]:
        nested = getattr(command, "commands", {})
        for word, each in nested.items():
            yield from walk(each, (*words, word))
        if not nested:
            yield " ".join(words)

    return set(walk(get_command(create_app()), ()))


def test_every_module_of_the_command_line_is_a_command():
    modules = {name.rpartition(".")[2] for name in FILES if name.startswith("adsync.cli.")}
    assert {command.split()[0] for command in cli_commands()} == modules - {"app", "options", "progress"}


def mutable_fields(tree: ast.Module) -> Iterator[str]:
    """Fields of frozen dataclasses and structs that hold a list, dict or set."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        calls = [*node.decorator_list, node]
        words = [word for call in calls if isinstance(call, ast.Call | ast.ClassDef) for word in call.keywords]
        if not any(word.arg == "frozen" and ast.unparse(word.value) == "True" for word in words):
            continue
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and re.match(r"(list|dict|set)\b", ast.unparse(field.annotation)):
                yield f"{node.name}.{ast.unparse(field.target)}"


def test_frozen_types_have_no_mutable_field():
    source = "@dataclass(frozen=True)\nclass A:\n    rows: list[str]\n    key: str\n"
    assert list(mutable_fields(ast.parse(source))) == ["A.rows"]
    found = {name: list(mutable_fields(ast.parse(file.read_text(encoding="utf-8")))) for name, file in FILES.items()}
    assert {name: fields for name, fields in found.items() if fields} == {}


def test_documentation_names_every_command():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    rows = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    targets = re.findall(r"^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    documented = {f"make {target}" for target in targets if target != "help"}
    documented |= {f".venv/bin/python -m adsync {command}" for command in cli_commands()}
    assert {"make demo", ".venv/bin/python -m adsync config check"} <= documented
    assert {command for command in documented if not any(f"`{command}" in row for row in rows)} == set()
