"""The pages for readers: links and names lead somewhere, and reference tables are complete."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import msgspec
import pytest

from adsync.config import workspaces

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / name for name in ("README.md", "DECISIONS.md", "CHANGELOG.md")] + sorted((ROOT / "docs").glob("*.md"))
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
DOTTED = re.compile(r"adsync(?:_sandbox|_demo)?(?:\.\w+){2,}|adsync_(?:sandbox|demo)(?:\.\w+)+")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
# A path in a page is relative to one of these.
BASES = (ROOT, ROOT / "docs", ROOT / "dbt_project", ROOT / "plugins" / "adsync")
SUFFIXES = (".py", ".md", ".yml", ".yaml", ".sql", ".csv", ".txt", ".png", ".in")
# Written by commands or by the reader, or the example of contributing.md.
NOT_IN_THE_REPOSITORY = re.compile(r"(?:\.adsync|build|target)/|workspaces\.yaml$|clicks\.csv$|pinboard|^answer_key")


def ids(page: Path) -> str:
    return page.name


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Headings as GitHub links them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_to_a_file_and_a_heading(page):
    dead = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if path.startswith(("http://", "https://")):
            continue
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def paths(page: Path) -> Iterator[str]:
    """Names in code style that look like a path of this repository."""
    for code in CODE.findall(prose(page)):
        if PATH.fullmatch(code) and not NOT_IN_THE_REPOSITORY.search(code):
            top = code.split("/")[0]
            if code.endswith(SUFFIXES) or ("/" in code and (ROOT / top).exists()):
                yield code


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_file_that_a_page_names_exists(page):
    found = set(paths(page))
    missing = {path for path in found if not any((base / path).exists() for base in BASES)}
    # A module or model named without its folder.
    missing = {path for path in missing if "/" in path or not list(ROOT.glob(f"[!.]*/**/{path}"))}
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_module_that_a_page_names_can_be_imported(page):
    names = {name for code in CODE.findall(prose(page)) for name in DOTTED.findall(code)}
    # The changelog also has the names of earlier versions.
    if page.name == "CHANGELOG.md":
        names = set()
    for name in names:
        resolve(name)


def resolve(name: str) -> object:
    """The module or the attribute of a module; ImportError or AttributeError."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        return reduce(getattr, parts[end:], module)
    raise ImportError(name)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_mart_that_a_page_names_exists(page):
    project = ROOT / "dbt_project"
    known = {file.stem for folder in ("models/marts", "functions") for file in (project / folder).glob("*.sql")}
    named = set(re.findall(r"\bmarts\.([a-z]\w+)", page.read_text(encoding="utf-8")))
    assert named - known == set()


def test_the_readme_stays_short():
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("\n") <= 150


def first_cells(page: Path) -> set[str]:
    """Code in the first column of all tables of the page."""
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {code for row in rows for code in CODE.findall(row.split("|")[1])}


def test_the_configuration_page_has_every_key():
    keys = set()
    for field in msgspec.structs.fields(workspaces.Workspace):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            keys |= {f"{field.name}.{inner.name}" for inner in msgspec.structs.fields(field.type)}
        else:
            keys.add(field.name)
    documented = {cell.removesuffix("[]") for cell in first_cells(ROOT / "docs" / "configuration.md")}
    assert keys - documented == set()


def test_the_configuration_page_has_every_environment_variable():
    settings = (ROOT / "plugins" / "adsync" / "settings.py").read_text(encoding="utf-8")
    variables = set(re.findall(r'"((?:ADSYNC_|MAX_)[A-Z_]*[A-Z])"', settings))
    variables |= {"ADSYNC_KEEP_RUNS", "ADSYNC_KEEP_OBSERVATIONS", "ADSYNC_KEEP_RAW"}
    assert len(variables) > 8
    assert variables - first_cells(ROOT / "docs" / "configuration.md") == set()


def test_every_decision_is_a_question_with_a_date_and_a_consequence():
    sections = re.split(r"^## ", (ROOT / "DECISIONS.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    wrong = [
        section.splitlines()[0]
        for section in sections
        if not re.match(r".+\? \(20\d\d-\d\d-\d\d\)\n", section) or "\n*Consequence*: " not in section
    ]
    assert wrong == []
