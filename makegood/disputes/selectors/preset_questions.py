"""Questions that a program's preset gives to reasons, and the program's own reasons do not ask yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from makegood.disputes.models import Reason
from makegood.disputes.policy.presets import keys, preset
from makegood.journal.selectors import latest
from makegood.parties.models import Program


@dataclass(frozen=True)
class PresetQuestions:
    """A reason and what its preset lets it ask. ``is_taken`` says that this was its latest change: it can be undone."""

    reason: Reason
    questions: tuple[str, ...]
    is_taken: bool


def questions_of_preset(program: Program) -> Mapping[str, tuple[str, ...]]:
    """What the reasons of a program's preset ask, by code; nothing for a preset that is not shipped any more."""
    if program.preset not in keys():
        return {}
    return {
        reason["code"]: tuple(reason["questions"])
        for reason in preset(program.preset).reasons
        if reason.get("questions")
    }


def preset_questions(program: Program) -> list[PresetQuestions]:
    """The reasons of a program that could take questions from its preset, or did last; a reason that asks anything of
    its own is left alone. The caller has scoped the program."""
    asked = questions_of_preset(program)
    found = []
    for reason in Reason.objects.filter(program=program, code__in=asked).order_by("sort", "pk"):
        own, wanted = tuple(reason.questions), asked[reason.code]
        if not own:
            found.append(PresetQuestions(reason, wanted, is_taken=False))
        elif own == wanted and _were_taken(reason):
            found.append(PresetQuestions(reason, wanted, is_taken=True))
    return found


def _were_taken(reason: Reason) -> bool:
    last = latest("reason", reason.pk, "reason.changed")
    return last is not None and last.changes["before"] == {"questions": []}
