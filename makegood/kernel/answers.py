"""The answer of a batch operation for one item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from makegood.kernel.errors import Refusal


@dataclass(frozen=True)
class Answer:
    """What happened to the item at ``ordinal`` (0-based place in the batch).

    ``id`` is the row that was touched; ``code`` and ``message`` say why when ``ok`` is false;
    ``data`` carries what the verb returns (number, amounts in micros, times).
    """

    ordinal: int
    ok: bool
    id: int | None = None
    code: str = ""
    message: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def refused(cls, ordinal: int, error: Refusal, id: int | None = None) -> Answer:
        """The answer that says what an error says."""
        return cls(ordinal, ok=False, id=id, code=error.code, message=error.message, data=error.fields)


def at_places(answers: Iterable[Answer], places: Sequence[int]) -> dict[int, Answer]:
    """Answers of a part of a batch, by their places in the whole; ``places`` holds those of the part, in its order."""
    return {places[answer.ordinal]: _at(places[answer.ordinal], answer) for answer in answers}


def _at(place: int, answer: Answer) -> Answer:
    return answer if answer.ordinal == place else replace(answer, ordinal=place)


def in_order(answers: Mapping[int, Answer]) -> list[Answer]:
    """Every answer of a batch, by place from 0 on. Raises KeyError when one is missing."""
    return [answers[ordinal] for ordinal in range(len(answers))]


def accepted(answers: Iterable[Answer]) -> list[Answer]:
    """The answers of the items that went through."""
    return [answer for answer in answers if answer.ok]


def refused(answers: Iterable[Answer]) -> list[Answer]:
    """The answers of the items that were refused."""
    return [answer for answer in answers if not answer.ok]
