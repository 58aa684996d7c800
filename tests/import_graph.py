"""The import graph of the packages below plugins/ and of dags/, read from source without importing anything."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def modules(root: Path) -> dict[str, Path]:
    """Dotted module names and their files: `adsync.state.leases`, `dags.sync`."""
    found = {}
    for folder, prefix in ((root / "plugins", ""), (root / "dags", "dags.")):
        for file in sorted(folder.rglob("*.py")):
            parts = file.relative_to(folder).with_suffix("").parts
            found[prefix + ".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imported(file: Path) -> Iterator[str]:
    """Every name that the file imports anywhere, `TYPE_CHECKING` blocks included; `from a import b` gives a.b and a."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level or node.module is None:
                raise ValueError(f"relative import in {file}:{node.lineno} (expected an absolute one)")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


def graph(root: Path) -> Graph:
    """Module name -> modules of ours that it imports; a package counts only where no module below it is meant."""
    files = modules(root)
    edges = {}
    for name, file in files.items():
        wanted = {each for each in imported(file) if each in files}
        shadowed = {each for each in wanted if any(other.startswith(f"{each}.") for other in wanted)}
        edges[name] = frozenset(wanted - shadowed - {name})
    return edges


def cycles(edges: Graph) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan), each sorted."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for after in edges.get(node, ()):
            if after not in index:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in stack:
                low[node] = min(low[node], index[after])
        if low[node] == index[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(sorted(component))

    for node in edges:
        if node not in index:
            visit(node)
    return found


def packages_in(names: Iterable[str]) -> dict[str, list[str]]:
    """Package name -> its own modules (not those of its subpackages)."""
    found: dict[str, list[str]] = {}
    for name in names:
        if "." in name:
            found.setdefault(name.rpartition(".")[0], []).append(name)
    return found
