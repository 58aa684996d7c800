"""Repeatable chance: the same words always give the same draws, in every process."""

from __future__ import annotations

from random import Random

PER_MILLE = 1000


def chance(seed: int, *words: object) -> Random:
    return Random("/".join(str(word) for word in (seed, *words)))


def happens(rng: Random, per_mille: int) -> bool:
    """Whether something comes to pass that does so in this many of a thousand cases."""
    return rng.randrange(PER_MILLE) < per_mille


def wobble(rng: Random, value: int, per_mille: int) -> int:
    """Move a whole number up or down by at most `per_mille` thousandths, in whole numbers only."""
    return value * rng.randint(PER_MILLE - per_mille, PER_MILLE + per_mille) // PER_MILLE
