"""The shapes of workspaces, ad accounts and stores, and the workspaces of the business.

The accounts of a platform are in `platforms/<name>/accounts.py`. Currencies and zones of accounts differ from their
workspace's on purpose; every token is a made-up word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

RIYADH, DUBAI, LONDON, NEW_YORK = "Asia/Riyadh", "Asia/Dubai", "Europe/London", "America/New_York"


@dataclass(frozen=True)
class Workspace:
    """A client of adsync, with its reporting currency and zone."""

    id: str
    name: str
    currency: str
    timezone: str
    city: str
    city_in_arabic: str


@dataclass(frozen=True)
class AdAccount:
    """An account of an ad platform; `place` is its number within the workspace.

    A campaign's name is the template of its slot (`standing_names`, `flight_names`) unless `shared_names` gives the
    slot a name that other accounts use too. `planted` names what is special about a slot's campaign: an anomaly, or
    a goal (`ads/anomalies.py`, `ads/campaigns.py`).
    """

    platform: str
    id: str
    workspace_id: str
    place: int
    name: str
    currency: str
    timezone: str
    standing_names: tuple[str, ...] = field(default=(), compare=False)
    flight_names: tuple[str, ...] = field(default=(), compare=False)
    shared_names: Mapping[int, str] = field(default_factory=dict, compare=False)
    planted: Mapping[int, str] = field(default_factory=dict, compare=False)
    options: Mapping[str, str] = field(default_factory=dict, compare=False)
    reports_omni_purchase: bool = True
    may_run_tasks: bool = True
    app_secret: str | None = None

    @property
    def conn_id(self) -> str:
        return f"{self.platform}_{self.workspace_id}"

    @property
    def token(self) -> str:
        return f"sandbox-{self.platform}-token-of-{self.workspace_id}"


@dataclass(frozen=True)
class Store:
    """A store: its books are kept in `currency`, buyers may pay in `abroad`; `path` is where WordPress is installed."""

    platform: str
    id: str
    workspace_id: str
    number: int
    name: str
    currency: str
    timezone: str
    abroad: str
    path: str = ""
    plain_permalinks: bool = False

    @property
    def conn_id(self) -> str:
        return f"{self.platform}_{self.workspace_id}"

    @property
    def token(self) -> str:
        return f"sandbox-{self.platform}-token-of-{self.workspace_id}"


WORKSPACES = (
    Workspace("acme", "Acme Trading", "SAR", RIYADH, "Riyadh", "الرياض"),
    Workspace("nakhla", "Nakhla Home", "AED", DUBAI, "Dubai", "دبي"),
    Workspace("juniper", "Juniper and Fern", "USD", NEW_YORK, "Brooklyn", "بروكلين"),
)


def workspace(workspace_id: str) -> Workspace:
    return next(found for found in WORKSPACES if found.id == workspace_id)
