"""Words in groups as boxes to tick."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Word = TypeVar("Word", bound=StrEnum)
Groups = Sequence[tuple[str, Sequence[tuple[Word, str]]]]


@dataclass(frozen=True)
class Choice:
    """One box: what it stands for, in words."""

    value: str
    words: str
    chosen: bool


def choices(groups: Groups[Word], chosen: Collection[str]) -> list[tuple[str, list[Choice]]]:
    """Every box by group, those that are chosen ticked."""
    return [(title, [Choice(one.value, words, one.value in chosen) for one, words in group]) for title, group in groups]
