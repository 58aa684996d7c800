"""A leaky bucket per store: the requested cost is taken, and the part that was not used is returned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

# Large enough that a demo is never throttled; faults and tests set others.
DEFAULT_BUCKET, DEFAULT_RESTORE, DEFAULT_MAX_COST = 2_000_000, 100_000, 1_000


@dataclass(frozen=True)
class Limits:
    """Points in a full bucket, points restored per second, and the maximum cost of one query."""

    bucket: int = DEFAULT_BUCKET
    restore: int = DEFAULT_RESTORE
    max_cost: int = DEFAULT_MAX_COST


@dataclass
class Bucket:
    """The points that a store has left; `clock` returns seconds."""

    limits: Limits
    clock: Callable[[], float]
    available: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.available, self.at = self.limits.bucket, self.clock()

    def take(self, points: int) -> bool:
        """Takes the points; returns false if there are too few."""
        now = self.clock()
        self.available = min(self.limits.bucket, self.available + (now - self.at) * self.limits.restore)
        self.at = now
        if points > self.available:
            return False
        self.available -= points
        return True

    def give_back(self, points: int) -> None:
        self.available = min(self.limits.bucket, self.available + points)

    def report(self, requested: int, actual: int | None) -> dict[str, object]:
        """Returns `extensions.cost` of a response."""
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": float(self.limits.bucket),
                "currentlyAvailable": int(self.available),
                "restoreRate": float(self.limits.restore),
            },
        }
