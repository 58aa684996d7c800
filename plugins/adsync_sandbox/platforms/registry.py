"""The platforms by name, in the order of dbt_project.yml, the one list of names.

Each name is a package here. Its modules are found by name: `spec` (SPEC), `accounts` (ACCOUNTS), `app` (create_app,
connection), `faults` (RESPONSES and more) and, for stores, `business` (draw_orders) and `revenue` (the rules).
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import yaml

from adsync_sandbox.generator.accounts import AdAccount, Store
from adsync_sandbox.platforms.spec import Ads, PlatformSpec

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project" / "dbt_project.yml"


def module(platform: str, name: str) -> ModuleType:
    """Returns a module of the platform's package, e.g. `adsync_sandbox.platforms.zid.business`."""
    return import_module(f"adsync_sandbox.platforms.{platform}.{name}")


def _names() -> dict[str, list[str]]:
    return yaml.safe_load(PROJECT.read_text(encoding="utf-8"))["vars"]["adsync_sources"]


AD_PLATFORMS = tuple(_names()["ad_platforms"])
STORE_PLATFORMS = tuple(_names()["stores"])
SOURCES = (*AD_PLATFORMS, *STORE_PLATFORMS)
SPECS: dict[str, PlatformSpec] = {name: module(name, "spec").SPEC for name in SOURCES}
ADS: dict[str, Ads] = {name: spec.ads for name, spec in SPECS.items() if spec.ads}
AD_ACCOUNTS: tuple[AdAccount, ...] = tuple(one for name in AD_PLATFORMS for one in module(name, "accounts").ACCOUNTS)
STORES: tuple[Store, ...] = tuple(one for name in STORE_PLATFORMS for one in module(name, "accounts").ACCOUNTS)
