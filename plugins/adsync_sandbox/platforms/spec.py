"""What is fixed about a platform before it answers a call. Each platform has one `SPEC` in `<name>/spec.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """How a platform's tokens expire and are refreshed.

    An access token lives `seconds` (None: until it is revoked); a `key` is permanent. `only_in` is the one workspace
    whose tokens expire. A refresh token is single-use unless `reusable`. A used one still works until the newer access
    token was used (`forgiving`), or its second use revokes all tokens (`second_use_ends_all`). With `side_by_side` a
    new access token leaves the earlier one valid until its own expiry.
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
    """An ad platform: the words of its links, and its part in the business.

    `sources` are the values advertisers write into utm_source, `words` those that the answer key reads as this
    platform. `click_id` is the platform's URL parameter (`stray` if organic links carry it too). Ids begin with the
    given digits, or are UUIDs. `overclaim` and `share` (of the usual spend) are in thousandths. Its campaigns bring
    visitors to large and to small stores with the given weights (0: none).
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
    large_store_weight: int = 1
    small_store_weight: int = 1


@dataclass(frozen=True)
class Stores:
    """A store platform: large stores get the world's `orders` a day, the others its `sales`.

    With `exposes_source` false, orders carry no hint of where the customer came from.
    """

    large: bool = False
    exposes_source: bool = True


@dataclass(frozen=True)
class PlatformSpec:
    """One platform. `faults` are the kinds it supports in addition to the common ones; it has `ads` or `stores`."""

    tokens: Tokens
    faults: frozenset[str] = frozenset()
    ads: Ads | None = None
    stores: Stores | None = None
