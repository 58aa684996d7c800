"""What is settled of every invented platform before it answers anything: one module each, found by its name.

The names, and their order, are those of dbt_project.yml: a platform that is listed there has its module here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project" / "dbt_project.yml"


@dataclass(frozen=True)
class Tokens:
    """How its access goes on.

    `seconds` is how long an access token lives (None: until somebody ends it); a `key` is there for ever. `only_in` is
    the workspace whose tokens alone end by themselves. A refresh token is used up by its use unless `reusable`; used
    up, it still works until the newer access token was used (`forgiving`), or its second use ends everything
    (`second_use_ends_all`). `side_by_side`: a new token leaves the earlier one alive until its own end.
    """

    seconds: float | None = None
    key: bool = False
    only_in: str = ""
    reusable: bool = False
    forgiving: bool = False
    second_use_ends_all: bool = False
    side_by_side: bool = False


@dataclass(frozen=True)
class Ads:
    """How its ads show elsewhere: the words of its links, and its part in the invented business.

    `sources` are what people write into utm_source, `words` what the answer key takes for it there, `click_id` its
    parameter (`stray` when it stands on links of all kinds). Ids begin as its own do, or are UUIDs; `overclaim` and
    `share` (of the usual spend) are thousandths.
    """

    sources: tuple[str, ...]
    words: frozenset[str]
    click_id: str
    overclaim: int
    stray: bool = False
    referrer: str | None = None
    campaign_ids: str = ""
    child_ids: str = ""
    share: int = 1000
    lists_deleted: bool = True


@dataclass(frozen=True)
class Facts:
    """One platform; `faults` are the kinds that it knows beside those of all, and `ads` is null for a store."""

    tokens: Tokens
    faults: frozenset[str] = frozenset()
    ads: Ads | None = None


def _listed() -> dict[str, list[str]]:
    return yaml.safe_load(PROJECT.read_text(encoding="utf-8"))["vars"]["adsync_sources"]


AD_PLATFORMS = tuple(_listed()["ad_platforms"])
SOURCES = (*AD_PLATFORMS, *_listed()["stores"])
OF: dict[str, Facts] = {name: import_module(f"adsync_sandbox.platforms.{name}.spec").FACTS for name in SOURCES}
ADS: dict[str, Ads] = {name: facts.ads for name, facts in OF.items() if facts.ads}
