"""What makes a past dispute similar to one at hand: which facts they share, how much that weighs, how long it fades."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final

HALF_LIFE = timedelta(days=60)
"""After so long a past decision weighs half."""
BUCKETS = (10, 30, 60, 120, 300, 900)
"""Where lengths of calls are cut, in seconds."""
WORDS_ALIKE = 0.3
"""From this share of common trigrams on two explanations are alike."""
_WORD = re.compile(r"\w+")


class Shared(IntEnum):
    """What two disputes have in common; the value is what it weighs."""

    CALLER = 8
    SOURCE = 5
    BUYER = 4
    FINDING = 3
    WORDS = 2


WHY: Final = {
    Shared.CALLER: "same caller",
    Shared.SOURCE: "same source and reason",
    Shared.BUYER: "same buyer, reason and length",
    Shared.FINDING: "same reason and finding",
    Shared.WORDS: "explained alike",
}


@dataclass(frozen=True)
class Traits:
    """What of a dispute is compared. Lengths in seconds; None where unknown."""

    caller: str | None
    vendor: int | None
    source: str
    buyer: int
    reason: int | None
    length: int | None
    findings: frozenset[int]
    words: str


def bucket(length: int | None) -> tuple[int | None, int | None]:
    """The lengths that count as the same, from (included) and to (not included); None has no end."""
    if length is None:
        return None, None
    edges = (0, *BUCKETS)
    place = sum(length >= edge for edge in edges) - 1
    return edges[place], edges[place + 1] if place + 1 < len(edges) else None


@lru_cache(maxsize=4_096)
def trigrams(text: str) -> frozenset[str]:
    """Every three letters in a row of each word, with two blanks before it and one after."""
    words = (f"  {word} " for word in _WORD.findall(text.casefold()))
    return frozenset(word[n : n + 3] for word in words for n in range(len(word) - 2))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of trigrams that two texts have in common; 0 where one says nothing."""
    return len(one & other) / len(one | other) if one and other else 0.0


def shared(one: Traits, other: Traits) -> tuple[Shared, ...]:
    """What two disputes have in common, the weightiest first. Words are compared where nothing else is shared."""
    same_reason = one.reason is not None and one.reason == other.reason
    found = []
    if one.caller and one.caller == other.caller:
        found.append(Shared.CALLER)
    if same_reason and one.vendor is not None and (one.vendor, one.source) == (other.vendor, other.source):
        found.append(Shared.SOURCE)
    if same_reason and one.buyer == other.buyer and bucket(one.length) == bucket(other.length):
        found.append(Shared.BUYER)
    if same_reason and one.findings & other.findings:
        found.append(Shared.FINDING)
    if not found and alike(trigrams(one.words), trigrams(other.words)) >= WORDS_ALIKE:
        found.append(Shared.WORDS)
    return tuple(found)


def score(common: tuple[Shared, ...], age: timedelta) -> float:
    """How much a past dispute says: what it shares, faded by its age."""
    faded: float = 0.5 ** (max(age, timedelta()) / HALF_LIFE)
    return sum(common) * faded
