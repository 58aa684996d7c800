"""The validated request for a view; its fields are also the key of the cached response."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from adsync.dashboard.snapshot import PERIODS

DEFAULT_PERIOD = "30_days"
DEFAULT_SORT = "-spend"
MAX_SEARCH_LENGTH = 200


class BadRequest(ValueError):
    """An invalid parameter; the message says what is accepted."""


def _check_length(name: str, text: str) -> None:
    if len(text) > MAX_SEARCH_LENGTH:
        raise BadRequest(f"{name} too long: {len(text)} characters (at most {MAX_SEARCH_LENGTH})")


@dataclass(frozen=True)
class TableRequest:
    """Which rows of a long table: filters, the column that sorts (descending after a minus), and the page, from 1."""

    platform: str = ""
    status: str = ""
    sort: str = DEFAULT_SORT
    page: int = 1

    def __post_init__(self) -> None:
        for name in ("platform", "status"):
            _check_length(name, getattr(self, name))


@dataclass(frozen=True)
class ViewRequest:
    """One view of one workspace. `about` is the key of a campaign or a search text, depending on the view."""

    view: str
    workspace_id: str
    period: str = DEFAULT_PERIOD
    about: str = ""
    table: TableRequest = TableRequest()

    def __post_init__(self) -> None:
        if self.period not in PERIODS:
            raise BadRequest(f"unknown period {self.period!r} (expected {', '.join(PERIODS)})")
        _check_length("search text", self.about)

    @property
    def cache_key(self) -> str:
        rows = "" if self.table == TableRequest() else f"?{urlencode(asdict(self.table))}"
        return f"{self.view}:{self.period}{rows}:{self.about}"

    @property
    def values(self) -> dict[str, object]:
        """The parameters of the views' queries."""
        return {"workspace": self.workspace_id, "period": self.period, "about": self.about}
