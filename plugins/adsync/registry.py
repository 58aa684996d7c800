"""The sources by name. The list is in dbt_project.yml, so that dbt and Python share it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

import yaml

from adsync.errors import ConfigError
from adsync.sources.base import Source

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    file = DBT_PROJECT / "dbt_project.yml"
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))["vars"]["adsync_sources"]
    return {kind: tuple(names) for kind, names in listed.items()}


def ad_platforms() -> tuple[str, ...]:
    return _listed()["ad_platforms"]


def stores() -> tuple[str, ...]:
    return _listed()["stores"]


def names() -> tuple[str, ...]:
    """All sources, ad platforms first."""
    return ad_platforms() + stores()


def load(name: str) -> Source:
    """Return the source of that name; ConfigError if the name is unknown."""
    if name not in names():
        raise ConfigError(f"unknown source {name!r} (expected one of {', '.join(names())})")
    return import_module(f"adsync.sources.{name}.source").SOURCE


def streams() -> list[tuple[str, str]]:
    """All (source, stream) pairs; each has a raw table."""
    return [(name, stream.name) for name in names() for stream in load(name).streams]
