"""The settings of workspaces.yaml, and the checks they have to pass.

An error names the file, the key, the value and what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

import msgspec
from babel.core import get_global

from adsync.errors import ConfigError
from adsync.sources.base import Source

Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
HistoryDays = Annotated[int, msgspec.Meta(ge=1, le=1100)]
BaselineDays = Annotated[int, msgspec.Meta(ge=1, le=30)]
Unset = msgspec.UnsetType
UNSET = msgspec.UNSET


class Attribution(msgspec.Struct, forbid_unknown_fields=True):
    """How orders are attributed to campaigns."""

    window_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    model: Annotated[str, msgspec.Meta(pattern="^last_click$")] = "last_click"


class Alerts(msgspec.Struct, forbid_unknown_fields=True):
    """Thresholds of the alert rules, and the channels alerts are sent to.

    The defaults of the thresholds are those of the dbt model stg_adsync__workspaces.
    """

    roas_drop_ratio: Positive | Unset = UNSET
    min_spend: NotNegative | Unset = UNSET
    high_spend_ratio: Positive | Unset = UNSET
    low_conversions_ratio: Positive | Unset = UNSET
    ctr_drop_ratio: Positive | Unset = UNSET
    min_baseline_days: BaselineDays | Unset = UNSET
    channels: list[str] = msgspec.field(default_factory=lambda: ["log"])


class ExchangeRate(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"sold": "from", "bought": "to"}):
    """From the day `since` on, one unit of `sold` is worth `rate` units of `bought`.

    A workspace's own rates take precedence over those of the seed; each holds until the next one.
    """

    sold: str
    bought: str
    since: date
    rate: Positive


class Workspace(msgspec.Struct, forbid_unknown_fields=True):
    """One client: its reporting currency and time zone, its ad accounts and stores."""

    id: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,64}$")]
    name: str
    currency: str
    timezone: str
    attribution: Attribution = msgspec.field(default_factory=Attribution)
    alerts: Alerts = msgspec.field(default_factory=Alerts)
    history_days: HistoryDays = 90
    recent_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 2
    fx_rates: list[ExchangeRate] = msgspec.field(default_factory=list)
    # Values of any type: an id without quotes is a number, and its error names it.
    ad_accounts: list[dict[str, Any]] = msgspec.field(default_factory=list)
    stores: list[dict[str, Any]] = msgspec.field(default_factory=list)


class WorkspacesFile(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    workspaces: Annotated[list[Workspace], msgspec.Meta(min_length=1)]


class AccountLink(msgspec.Struct, frozen=True):
    """One account of one workspace, as the file names it."""

    workspace_id: str
    platform: str
    kind: str
    native_id: str
    conn_id: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Configuration:
    """A valid file: its workspaces, and every account with the workspace that owns it."""

    workspaces: tuple[Workspace, ...]
    links: tuple[AccountLink, ...]


def validated(document: Any, file: str, sources: Mapping[str, Source]) -> Configuration:
    """Returns the configuration that the file's document holds; ConfigError if it is invalid."""
    if not isinstance(document, dict):
        raise ConfigError(f"{file}: no settings found (expected the key `workspaces` with a list below it)")
    try:
        listed = msgspec.convert(document, WorkspacesFile).workspaces
    except msgspec.ValidationError as error:
        raise ConfigError(f"{file}: {_key_first(str(error))} (correct this key)") from error
    for number, workspace in enumerate(listed):
        _check_workspace(f"{file}: workspaces[{number}]", workspace)
    links = [link for number, workspace in enumerate(listed) for link in _links(file, number, workspace, sources)]
    _check_duplicates(file, [workspace.id for workspace in listed], links)
    return Configuration(tuple(listed), tuple(links))


def _key_first(message: str) -> str:
    """Moves the path from the end of msgspec's message to its start, as in every other error."""
    sentence, _, path = message.partition(" - at `")
    return f"{path.rstrip('`').removeprefix('$').removeprefix('.')}: {sentence}" if path else sentence


def _check_workspace(place: str, workspace: Workspace) -> None:
    if workspace.timezone not in _time_zones():
        raise ConfigError(
            f"{place}.timezone: unknown time zone {workspace.timezone!r} (expected an IANA name such as Asia/Riyadh)"
        )
    if workspace.currency not in _currencies():
        raise ConfigError(
            f"{place}.currency: unknown currency {workspace.currency!r} (expected an ISO 4217 code such as SAR)"
        )
    for number, rate in enumerate(workspace.fx_rates):
        _check_rate(f"{place}.fx_rates[{number}]", rate, workspace.fx_rates[:number], workspace.currency)


def _check_rate(place: str, rate: ExchangeRate, earlier: list[ExchangeRate], currency: str) -> None:
    """ConfigError for a rate that would never be used, or that is given twice."""
    if rate.sold not in _currencies():
        raise ConfigError(f"{place}.from: unknown currency {rate.sold!r} (expected an ISO 4217 code such as EGP)")
    if rate.bought != currency:
        raise ConfigError(f"{place}.to: invalid currency {rate.bought!r} (expected {currency}, the workspace's)")
    if rate.sold == currency:
        raise ConfigError(f"{place}.from: unnecessary rate for {currency}, the workspace's currency: remove it")
    if any((rate.sold, rate.since) == (other.sold, other.since) for other in earlier):
        raise ConfigError(f"{place}.since: duplicate rate for {rate.sold} from {rate.since}: remove one")


@cache
def _time_zones() -> set[str]:
    """Read once: the standard library walks through its folders at every call."""
    return available_timezones()


@cache
def _currencies() -> frozenset[str]:
    """Currencies that are legal tender somewhere today."""
    used = get_global("territory_currencies").values()
    return frozenset(code for entries in used for code, _, until, tender in entries if tender and until is None)


def _links(file: str, number: int, workspace: Workspace, sources: Mapping[str, Source]) -> Iterator[AccountLink]:
    for key, kind, id_key in (("ad_accounts", "ad_account", "account_id"), ("stores", "store", "store_id")):
        for position, entry in enumerate(getattr(workspace, key)):
            place = f"{file}: workspaces[{number}].{key}[{position}]"
            yield _link(place, workspace.id, dict(entry), kind, id_key, sources)


def _link(
    place: str, workspace_id: str, entry: dict[str, Any], kind: str, id_key: str, sources: Mapping[str, Source]
) -> AccountLink:
    for key in ("platform", id_key, "conn_id"):
        if not entry.get(key):
            raise ConfigError(f"{place}.{key}: missing (add it)")
    for key, value in entry.items():
        if not isinstance(value, str):
            raise ConfigError(f"{place}.{key}: invalid value {value!r} (expected text: write it in quotes)")
    platform, native_id, conn_id = (entry.pop(key) for key in ("platform", id_key, "conn_id"))
    known = sorted(name for name, source in sources.items() if source.kind == kind)
    if platform not in known:
        raise ConfigError(f"{place}.platform: unknown platform {platform!r} (expected one of {', '.join(known)})")
    _check_options(place, entry, sources[platform])
    try:
        normal_id = sources[platform].normalize_id(native_id)
    except ValueError as error:
        raise ConfigError(f"{place}.{id_key}: invalid id {native_id!r} (expected {error})") from error
    return AccountLink(workspace_id, platform, kind, normal_id, conn_id, entry)


def _check_options(place: str, options: Mapping[str, str], source: Source) -> None:
    for key, value in options.items():
        if key not in source.options:
            raise ConfigError(f"{place}.{key}: unknown key for {source.name}: remove it or correct its spelling")
        if (allowed := source.options[key]) and value not in allowed:
            raise ConfigError(f"{place}.{key}: invalid value {value!r} (expected one of {', '.join(allowed)})")


def _check_duplicates(file: str, ids: list[str], links: list[AccountLink]) -> None:
    if duplicate := next((each for each in ids if ids.count(each) > 1), None):
        raise ConfigError(f"{file}: workspaces: duplicate id {duplicate!r}: give each workspace its own")
    owners: dict[tuple[str, str], str] = {}
    for link in links:
        if owner := owners.get((link.platform, link.native_id)):
            raise ConfigError(
                f"{file}: {link.platform} account {link.native_id} is linked to both {owner!r} and "
                f"{link.workspace_id!r}; an account belongs to one workspace: remove one link"
            )
        owners[link.platform, link.native_id] = link.workspace_id
