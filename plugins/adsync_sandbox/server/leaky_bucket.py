"""Shopify's leaky bucket, one per shop: cost is held as requested and given back down to what was used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

# Generous enough that a demonstration is never throttled; a fault or a test says otherwise.
DEFAULT_BUCKET, DEFAULT_RESTORE, DEFAULT_MAX_COST = 2_000_000, 100_000, 1_000


@dataclass(frozen=True)
class Limits:
    """Points in a full bucket, points restored a second, and the most one query may cost."""

    bucket: int = DEFAULT_BUCKET
    restore: int = DEFAULT_RESTORE
    max_cost: int = DEFAULT_MAX_COST


@dataclass
class Bucket:
    """What a shop has left; `clock` gives seconds."""

    limits: Limits
    clock: Callable[[], float]
    available: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.available, self.at = self.limits.bucket, self.clock()

    def take(self, points: int) -> bool:
        """Take the points when they are there."""
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
        """`extensions.cost` of an answer (sheet on Shopify, section 5)."""
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": float(self.limits.bucket),
                "currentlyAvailable": int(self.available),
                "restoreRate": float(self.limits.restore),
            },
        }
