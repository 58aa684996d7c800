"""The sources by name, and the labels of codes. Lists are in dbt_project.yml, so that dbt and Python share them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from adsync.errors import ConfigError
from adsync.sources.base import Source

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


@cache
def _variables() -> dict[str, Any]:
    return yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def _listed() -> dict[str, tuple[str, ...]]:
    return {kind: tuple(names) for kind, names in _variables()["adsync_sources"].items()}


def ad_platforms() -> tuple[str, ...]:
    return _listed()["ad_platforms"]


def stores() -> tuple[str, ...]:
    return _listed()["stores"]


def names() -> tuple[str, ...]:
    """Returns all sources, ad platforms first."""
    return ad_platforms() + stores()


def load(name: str) -> Source:
    """Returns the source of that name; ConfigError if the name is unknown."""
    if name not in names():
        raise ConfigError(f"unknown source {name!r} (expected one of {', '.join(names())})")
    return import_module(f"adsync.sources.{name}.source").SOURCE


def streams() -> list[tuple[str, str]]:
    """Returns all (source, stream) pairs; each has a raw table."""
    return [(name, stream.name) for name in names() for stream in load(name).streams]


def alert_rules() -> tuple[str, ...]:
    return tuple(_variables()["adsync_alert_rules"])


def labels() -> dict[str, str]:
    """Returns the labels of platforms, reasons, match rules and alert rules by code."""
    described = ("adsync_reasons", "adsync_rejections", "adsync_match_rules")
    texts = {code: label for name in described for code, (label, _) in _variables()[name].items()}
    platforms = {name: load(name).label or name.capitalize() for name in names()}
    return platforms | texts | _variables()["adsync_alert_rules"]
