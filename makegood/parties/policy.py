"""How much somebody may credit alone. What nobody granted is nothing; no limit is a thing that one says."""

from __future__ import annotations

from collections.abc import Mapping

ANY_CURRENCY = "*"
"""Stands where a currency would, for every one that is not named."""

ALL_THERE_IS = 9_223_372_036_854_775_807
"""More than any amount can be, in micros."""


def without_limit() -> dict[str, int]:
    """The map that says: any amount, in any currency."""
    return {ANY_CURRENCY: ALL_THERE_IS}


def is_unlimited(limits: Mapping[str, int]) -> bool:
    """Whether a map of limits says that there is none."""
    return limits.get(ANY_CURRENCY) == ALL_THERE_IS


def alone_micros(limits: Mapping[str, int], currency: str) -> int | None:
    """The most that a map of limits allows in a currency, in micros; 0 for nothing, None for no limit.

    A currency that is not in the map is one of which nothing was granted.
    """
    if currency in limits:
        return limits[currency]
    return None if is_unlimited(limits) else 0
