"""Matches a touch to a campaign of the workspace: ids first, then names.

A name matches only if exactly one campaign has it, in the platform of the click id, utm_source or referrer, else among
all platforms (sheet on UTM matching, section 3 and section 5, steps 1, 4 and 5).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from adsync_sandbox.expected.normalizing import decoded, flaw, normalized
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.orders.visits import Visit
from adsync_sandbox.platforms.registry import ADS

# Google is not an ad platform here, but its clicks and links occur.
CLICK_IDS = {ads.click_id.casefold(): name for name, ads in ADS.items() if not ads.stray}
CLICK_IDS |= dict.fromkeys(("gclid", "gbraid", "wbraid"), "google")
# Organic links have these too.
WEAK_CLICK_IDS = {ads.click_id.casefold(): name for name, ads in ADS.items() if ads.stray}
TOKENS = {name: ads.words for name, ads in ADS.items()} | {"google": {"google", "googleads", "adwords", "gads"}}


@dataclass(frozen=True)
class Tags:
    """The tags of one touch."""

    source: str | None = None
    campaign: str | None = None
    utm_id: str | None = None
    campaign_id: str | None = None
    click_platform: str | None = None
    weak_platform: str | None = None
    referring_platform: str | None = None
    any_utm: bool = False


@dataclass(frozen=True)
class Directory:
    """A workspace's campaigns, by id and by normalized name."""

    by_id: Mapping[str, Campaign]
    by_name: Mapping[str, Sequence[Campaign]]


def directory(campaigns: Iterable[Campaign]) -> Directory:
    by_name: dict[str, list[Campaign]] = defaultdict(list)
    by_id = {campaign.id: campaign for campaign in campaigns}
    for campaign in by_id.values():
        if not _has_unknown_name(campaign):
            by_name[normalized(campaign.name)].append(campaign)
    return Directory(by_id, by_name)


def _has_unknown_name(campaign: Campaign) -> bool:
    """Returns whether the name is unknown outside: deleted, not listed, and rows have ids only."""
    return not ADS[campaign.account.platform].lists_deleted and campaign.status == "deleted"


def tags_of_visit(visit: Visit) -> Tags:
    """Returns the tags that the store recognized, else those of the link; ids are always from the link."""
    query = dict(parse_qsl(urlsplit(visit.landing_page).query))
    read = {f"utm_{key}": value for key, value in vars(visit.utm).items() if value} if visit.utm else query
    ids = {key: query[key] for key in ("utm_id", "campaign_id") if key in query}
    return _tags({**read, **ids}, query, urlsplit(visit.referrer or "").hostname)


def tags_of_attributes(attributes: Iterable[tuple[str, str]]) -> Tags | None:
    """Returns the tags that a theme wrote into the order, None without any."""
    found = {key: value for key, value in attributes if key.startswith("utm_")}
    return _tags(found, {}) if found else None


def _tags(values: dict[str, str], query: dict[str, str], referrer: str | None = None) -> Tags:
    clicked = {key.casefold() for key in query}
    return Tags(
        source=values.get("utm_source"),
        campaign=values.get("utm_campaign"),
        utm_id=values.get("utm_id"),
        campaign_id=values.get("campaign_id"),
        click_platform=next((platform for key, platform in CLICK_IDS.items() if key in clicked), None),
        weak_platform=next((platform for key, platform in WEAK_CLICK_IDS.items() if key in clicked), None),
        referring_platform=_named_in(referrer),
        any_utm=any(key.startswith("utm_") for key in values),
    )


def match(tags: Tags, known: Directory) -> tuple[Campaign | None, str]:
    """Returns the campaign and its match rule, or None and the reason."""
    ids = (("utm_id", tags.utm_id), ("utm_campaign_id", tags.campaign), ("campaign_id_param", tags.campaign_id))
    for rule, value in ids:
        if value and (found := known.by_id.get(decoded(value).strip().casefold())):
            return found, rule
    if not tags.campaign:
        return None, _nameless(tags)
    if reason := flaw(tags.campaign):
        return None, reason
    return _by_name(known.by_name.get(normalized(tags.campaign), []), platform_of(tags))


def _nameless(tags: Tags) -> str:
    if tags.campaign_id or tags.utm_id:
        return "unknown_campaign"
    return "platform_only" if platform_of(tags) and not tags.any_utm else "no_utm"


def _by_name(found: Sequence[Campaign], platform: str | None) -> tuple[Campaign | None, str]:
    inside = [campaign for campaign in found if campaign.account.platform == platform]
    if len(inside) == 1:
        return inside[0], "name_in_platform"
    if len(found) == 1:
        return found[0], "name_unique"
    return None, "ambiguous_name" if found else "unknown_campaign"


def platform_of(tags: Tags) -> str | None:
    """Returns the platform of the strongest hint: paid click id, utm_source, other click id, referrer."""
    return tags.click_platform or _named_in(tags.source) or tags.weak_platform or tags.referring_platform


def _named_in(text: str | None) -> str | None:
    words = set(re.split(r"[\s._/|,-]+", (text or "").casefold()))
    return next((platform for platform, tokens in TOKENS.items() if words & tokens), None)
