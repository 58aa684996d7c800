"""What workspaces.yaml may say, and what is wrong when it says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

import msgspec
from babel.core import get_global

from adsync.config import rates
from adsync.errors import ConfigError
from adsync.sources.base import Source

Positive = Annotated[float, msgspec.Meta(gt=0)]
Days = Annotated[int, msgspec.Meta(ge=1, le=1100)]


class Attribution(msgspec.Struct, forbid_unknown_fields=True):
    """How orders find their campaign."""

    window_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    model: Annotated[str, msgspec.Meta(pattern="^last_click$")] = "last_click"


class Alerts(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Thresholds of the alert rules, and where alerts are delivered."""

    roas_drop_ratio: Positive = 0.7
    min_spend: Annotated[float, msgspec.Meta(ge=0)] = 100
    high_spend_ratio: Positive = 1.5
    low_conversions_ratio: Positive = 0.5
    ctr_drop_ratio: Positive = 0.5
    min_baseline_days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 7
    channels: list[str] = msgspec.field(default_factory=lambda: ["log"])


class Workspace(msgspec.Struct, forbid_unknown_fields=True):
    """One client: its reporting currency and zone, its ad accounts and stores."""

    id: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,64}$")]
    name: str
    currency: str
    timezone: str
    attribution: Attribution = msgspec.field(default_factory=Attribution)
    alerts: Alerts = msgspec.field(default_factory=Alerts)
    history_days: Days = 90
    recent_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 2
    fx_rates: list[rates.Rate] = msgspec.field(default_factory=list)
    # Values of any type: an id without quotes is a number, and its sentence should name it.
    ad_accounts: list[dict[str, Any]] = msgspec.field(default_factory=list)
    stores: list[dict[str, Any]] = msgspec.field(default_factory=list)


class Workspaces(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    workspaces: Annotated[list[Workspace], msgspec.Meta(min_length=1)]


class Link(msgspec.Struct, frozen=True):
    """One account of one workspace, as the file names it."""

    workspace_id: str
    platform: str
    kind: str
    native_id: str
    conn_id: str
    options: dict[str, str]


@dataclass(frozen=True)
class Setup:
    """A checked file: its workspaces, and every account with the workspace that owns it."""

    workspaces: list[Workspace]
    links: list[Link]


def checked(document: Any, file: str, sources: Mapping[str, Source]) -> Setup:
    """Turn the file's document into a Setup; ConfigError names file, key and remedy."""
    if not isinstance(document, dict):
        raise ConfigError(f"{file}: holds no settings; begin it with the key workspaces, and list them below")
    try:
        listed = msgspec.convert(document, Workspaces).workspaces
    except msgspec.ValidationError as error:
        raise ConfigError(f"{file}: {_key_first(str(error))}; correct this key") from error
    for number, workspace in enumerate(listed):
        _check_places(f"{file}: workspaces[{number}]", workspace)
    links = [link for number, workspace in enumerate(listed) for link in _links(file, number, workspace, sources)]
    _check_twins(file, [workspace.id for workspace in listed], links)
    return Setup(listed, links)


def _key_first(message: str) -> str:
    """Msgspec ends its sentence with the path; people look for the key first."""
    sentence, _, path = message.partition(" - at `")
    return f"{path.rstrip('`').removeprefix('$').removeprefix('.')}: {sentence}" if path else sentence


def _check_places(place: str, workspace: Workspace) -> None:
    if workspace.timezone not in _zones():
        raise ConfigError(
            f"{place}.timezone: {workspace.timezone!r} is no IANA time zone; write one such as Asia/Riyadh"
        )
    if workspace.currency not in _currencies():
        raise ConfigError(f"{place}.currency: {workspace.currency!r} is no ISO 4217 currency; write one such as SAR")
    rates.check(place, workspace.fx_rates, workspace.currency, _currencies())


@cache
def _zones() -> set[str]:
    """Read once: the standard library walks through its folders at every call."""
    return available_timezones()


@cache
def _currencies() -> frozenset[str]:
    """Currencies that are legal tender somewhere today."""
    used = get_global("territory_currencies").values()
    return frozenset(code for entries in used for code, _, until, tender in entries if tender and until is None)


def _links(file: str, number: int, workspace: Workspace, sources: Mapping[str, Source]) -> Iterator[Link]:
    for key, kind, id_key in (("ad_accounts", "ad_account", "account_id"), ("stores", "store", "store_id")):
        for position, entry in enumerate(getattr(workspace, key)):
            place = f"{file}: workspaces[{number}].{key}[{position}]"
            yield _link(place, workspace.id, dict(entry), kind, id_key, sources)


def _link(
    place: str, workspace_id: str, entry: dict[str, Any], kind: str, id_key: str, sources: Mapping[str, Source]
) -> Link:
    for key in ("platform", id_key, "conn_id"):
        if not entry.get(key):
            raise ConfigError(f"{place}.{key}: is missing; add it")
    for key, value in entry.items():
        if not isinstance(value, str):
            raise ConfigError(f"{place}.{key}: {value!r} is no text; write it in quotes")
    platform, native_id, conn_id = (entry.pop(key) for key in ("platform", id_key, "conn_id"))
    known = sorted(name for name, source in sources.items() if source.kind == kind)
    if platform not in known:
        raise ConfigError(f"{place}.platform: {platform!r} is not known here; write one of {', '.join(known)}")
    _check_options(place, entry, sources[platform])
    return Link(workspace_id, platform, kind, native_id, conn_id, entry)


def _check_options(place: str, options: Mapping[str, str], source: Source) -> None:
    for key, value in options.items():
        if key not in source.options:
            raise ConfigError(f"{place}.{key}: {source.name} has no such key; remove it or correct its spelling")
        if (allowed := source.options[key]) and value not in allowed:
            raise ConfigError(f"{place}.{key}: {value!r} is not possible; write one of {', '.join(allowed)}")


def _check_twins(file: str, ids: list[str], links: list[Link]) -> None:
    if twin := _first_twin(ids):
        raise ConfigError(f"{file}: workspaces: the id {twin!r} is there twice; give each workspace its own")
    owners: dict[tuple[str, str], str] = {}
    for link in links:
        if owner := owners.get((link.platform, link.native_id)):
            raise ConfigError(
                f"{file}: {link.platform} account {link.native_id} is linked to both {owner!r} and "
                f"{link.workspace_id!r}; an account belongs to one workspace: remove one link"
            )
        owners[link.platform, link.native_id] = link.workspace_id


def _first_twin(values: list[str]) -> str | None:
    return next((value for value in values if values.count(value) > 1), None)
