"""What a reader asks the page for, checked; also the name under which the answer is kept."""

from __future__ import annotations

from dataclasses import dataclass

from adsync.dashboard.snapshot import PERIODS

DEFAULT_PERIOD = "30_days"
LONGEST = 200


class BadRequest(ValueError):
    """Nothing like that exists; the message says what does."""


@dataclass(frozen=True)
class Question:
    """One view of one workspace. `about` is a campaign's key or a text to search for, where the view takes one."""

    view: str
    workspace_id: str
    period: str = DEFAULT_PERIOD
    about: str = ""

    def __post_init__(self) -> None:
        if self.period not in PERIODS:
            raise BadRequest(f"there is no period {self.period!r}: ask for one of {', '.join(PERIODS)}")
        if len(self.about) > LONGEST:
            raise BadRequest(f"that is too long to look for: {LONGEST} characters at most")

    @property
    def kept_as(self) -> str:
        return f"{self.view}:{self.period}:{self.about}"

    @property
    def values(self) -> dict[str, object]:
        """For the queries of every view."""
        return {"workspace": self.workspace_id, "period": self.period, "about": self.about}
