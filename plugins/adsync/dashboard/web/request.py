"""The validated request for a view; its fields are also the key of the cached response."""

from __future__ import annotations

from dataclasses import dataclass

from adsync.dashboard.snapshot import PERIODS

DEFAULT_PERIOD = "30_days"
MAX_SEARCH_LENGTH = 200


class BadRequest(ValueError):
    """An invalid parameter; the message says what is accepted."""


@dataclass(frozen=True)
class ViewRequest:
    """One view of one workspace. `about` is the key of a campaign or a search text, depending on the view."""

    view: str
    workspace_id: str
    period: str = DEFAULT_PERIOD
    about: str = ""

    def __post_init__(self) -> None:
        if self.period not in PERIODS:
            raise BadRequest(f"unknown period {self.period!r} (expected {', '.join(PERIODS)})")
        if len(self.about) > MAX_SEARCH_LENGTH:
            raise BadRequest(f"search text too long: {len(self.about)} characters (at most {MAX_SEARCH_LENGTH})")

    @property
    def cache_key(self) -> str:
        return f"{self.view}:{self.period}:{self.about}"

    @property
    def values(self) -> dict[str, object]:
        """The parameters of the views' queries."""
        return {"workspace": self.workspace_id, "period": self.period, "about": self.about}
