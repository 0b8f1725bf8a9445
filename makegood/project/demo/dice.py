"""Repeatable randomness for made-up data; nothing secret is ever drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def dice(seed: int, purpose: str) -> Random:
    """A stream of draws that depends on the seed and its purpose alone."""
    return Random(f"makegood demo {seed} {purpose}")  # noqa: S311 - made-up data


class Wheel(Generic[T]):
    """A weighted choice prepared once and spun many times."""

    def __init__(self, weighted: Sequence[tuple[T, float]]) -> None:
        self.items: list[T] = [item for item, _ in weighted]
        self.marks = list(accumulate(weight for _, weight in weighted))
