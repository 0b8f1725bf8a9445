"""What a guided dispute holds while it is being made: seven steps, and what is typed on each. Pure.

Kept as JSON, every key may be missing:

    charges      list of {id, amount, cause, dropped, reason}: the charge, the amount as typed (empty: all that is
                 left), the written cause of an override, whether the line was taken out again, and the code of a reason
                 of its own (empty: the one for all)
    type, reason, description
                 what it is about, the code of the reason for all lines, the customer's words
    answers      object, the answers to the questions of the reason by question
    files        list of public ids of files
    later        true where the customer sends documents later
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any

MOST_CHARGES = 500
LONGEST_AMOUNT, LONGEST_CAUSE, LONGEST_DESCRIPTION, LONGEST_ANSWER, LONGEST_CODE = 40, 1_000, 5_000, 500, 40


class GuidedState(StrEnum):
    """What became of it."""

    OPEN = "open"
    SUBMITTED = "submitted"
    DROPPED = "dropped"


class GuidedStep(IntEnum):
    """The steps in their order."""

    BILL = 1
    CHARGES = 2
    AMOUNTS = 3
    VALIDITY = 4
    REASON = 5
    DOCUMENTS = 6
    REVIEW = 7

    @property
    def following(self) -> GuidedStep:
        """The step after it; the last stays."""
        return GuidedStep(min(self + 1, GuidedStep.REVIEW))

    @property
    def before(self) -> GuidedStep:
        """The step before it; the first stays."""
        return GuidedStep(max(self - 1, GuidedStep.BILL))


@dataclass(frozen=True)
class SaidCharge:
    """One line of it; without a ``reason`` of its own it has the one for all."""

    id: int
    amount: str = ""
    cause: str = ""
    dropped: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Said:
    """Everything that was typed."""

    charges: tuple[SaidCharge, ...] = ()
    type: str = ""
    reason: str = ""
    description: str = ""
    answers: Mapping[str, str] | None = None
    files: tuple[str, ...] = ()
    later: bool = False

    @property
    def going(self) -> tuple[SaidCharge, ...]:
        """The lines that were not taken out."""
        return tuple(one for one in self.charges if not one.dropped)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes of the reasons of the lines that go on, the one for all first; each once."""
        used = {one.reason or self.reason for one in self.going}
        first = (self.reason,) if self.reason and self.reason in used else ()
        return (*first, *sorted(used - {"", *first}))

    def reason_of(self, one: SaidCharge) -> tuple[str, str]:
        """What a line is about and the code of its reason; a reason of its own says itself what it is about."""
        return ("", one.reason) if one.reason else (self.type, self.reason)

    def words_for(self, one: SaidCharge, asked: Mapping[str, Collection[str]]) -> str:
        """What the dispute of a line says: the description, and below it the answers that belong to its reason.

        ``asked`` are the questions by reason; an answer to a question that none of them asks is for every line.
        """
        _, code = self.reason_of(one)
        own = asked.get(code, ())
        known = {question for questions in asked.values() for question in questions}
        answered = [
            f"{question} {said}"
            for question, said in (self.answers or {}).items()
            if said.strip() and (question in own or question not in known)
        ]
        return "\n".join(part for part in (self.description.strip(), *answered) if part)

    def as_json(self) -> dict[str, Any]:
        """The shape above."""
        return {
            "charges": [
                {"id": one.id, "amount": one.amount, "cause": one.cause, "dropped": one.dropped, "reason": one.reason}
                for one in self.charges
            ],
            "type": self.type,
            "reason": self.reason,
            "description": self.description,
            "answers": dict(self.answers or {}),
            "files": list(self.files),
            "later": self.later,
        }


@dataclass(frozen=True)
class GuidedBegun:
    """A guided dispute to begin for a customer; ``invoice`` is the number of a bill, where one is known already."""

    customer_id: int
    invoice: int | None = None
    charge_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class GuidedItem:
    """A guided dispute by its public id; ``version`` is that of the page somebody looked at."""

    draft: str
    version: int | None = None


@dataclass(frozen=True)
class GuidedStepItem:
    """What was typed on a step of a guided dispute; ``invoice`` (its number) on the first.

    ``live`` keeps it while somebody still types: nothing is asked for, and the dispute stays on its step.
    """

    draft: str
    step: GuidedStep
    said: Said = field(default_factory=Said)
    invoice: int | None = None
    version: int | None = None
    live: bool = False


def said_of(kept: Mapping[str, Any]) -> Said:
    """What was kept."""
    return Said(
        charges=tuple(SaidCharge(**one) for one in kept.get("charges", ())),
        type=kept.get("type", ""),
        reason=kept.get("reason", ""),
        description=kept.get("description", ""),
        answers=kept.get("answers") or {},
        files=tuple(kept.get("files", ())),
        later=bool(kept.get("later")),
    )


def chosen(said: Said, ids: Iterable[int]) -> Said:
    """The same with exactly these charges; what was typed for those that stay is kept, and none of them is dropped."""
    known = {one.id: one for one in said.charges}
    picked = tuple(replace(known.get(pk, SaidCharge(pk)), dropped=False) for pk in dict.fromkeys(ids))
    return replace(said, charges=picked)


def merged(step: GuidedStep, kept: Said, typed: Said) -> Said:
    """What is kept after a step: of what was typed only what the step asks for."""
    match step:
        case GuidedStep.CHARGES:
            before = {one.id: one for one in kept.charges}
            return replace(kept, charges=tuple(before.get(one.id, SaidCharge(one.id)) for one in typed.charges))
        case GuidedStep.AMOUNTS | GuidedStep.VALIDITY:
            new = {one.id: _bounded(one) for one in typed.charges}
            lines = tuple(replace(new.get(one.id, one), reason=one.reason) for one in kept.charges)
            return replace(kept, charges=lines)
        case GuidedStep.REASON:
            answers = {name[:200]: text[:LONGEST_ANSWER] for name, text in (typed.answers or {}).items()}
            own = {one.id: one.reason[:LONGEST_CODE] for one in typed.charges}
            return replace(
                kept,
                charges=tuple(replace(one, reason=own.get(one.id, one.reason)) for one in kept.charges),
                type=typed.type[:40],
                reason=typed.reason[:LONGEST_CODE],
                description=typed.description[:LONGEST_DESCRIPTION],
                answers=answers,
            )
        case GuidedStep.DOCUMENTS:
            return replace(kept, files=typed.files[:100], later=typed.later)
    return kept


def _bounded(one: SaidCharge) -> SaidCharge:
    return replace(one, amount=one.amount.strip()[:LONGEST_AMOUNT], cause=one.cause[:LONGEST_CAUSE])
