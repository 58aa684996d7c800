"""Repeatable random numbers: the same words give the same draws in every process."""

from __future__ import annotations

from random import Random

PER_MILLE = 1000


def chance(seed: int, *words: object) -> Random:
    return Random("/".join(str(word) for word in (seed, *words)))


def happens(rng: Random, per_mille: int) -> bool:
    """Returns whether an event occurs that does so in `per_mille` of 1000 cases."""
    return rng.randrange(PER_MILLE) < per_mille


def wobble(rng: Random, value: int, per_mille: int) -> int:
    """Returns the value moved up or down by at most `per_mille` thousandths, as an integer."""
    return value * rng.randint(PER_MILLE - per_mille, PER_MILLE + per_mille) // PER_MILLE
