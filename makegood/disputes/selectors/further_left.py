"""How many further questions a dispute still takes, told before somebody types one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.disputes import errors
from makegood.disputes.models import Dispute
from makegood.disputes.policy.afterward import FurtherQuestions
from makegood.journal.selectors import times
from makegood.kernel import clock
from makegood.kernel.errors import Refusal

FURTHER_QUESTION = "further_question"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class QuestionsLeft:
    """How many may be sent now, and why no more can where it is none; ``again_at`` is when one can (None: never)."""

    count: int
    terms: FurtherQuestions
    again_at: datetime | None = None
    refusal: Refusal | None = None


def questions_left(dispute: Dispute) -> QuestionsLeft:
    """What a decided dispute, its program at hand, still takes: of 24 hours, and of all. The caller has scoped it."""
    terms = FurtherQuestions.of(dispute.program.settings)
    asked = times("dispute", dispute.pk, f"dispute.{FURTHER_QUESTION}")
    if len(asked) >= terms.in_all:
        return QuestionsLeft(0, terms, refusal=errors.QuestionsUsedUp(number=str(dispute), most=terms.in_all))
    lately = [at for at in asked if at > clock.now() - DAY]
    if len(lately) >= terms.per_day:
        again = lately[-terms.per_day] + DAY
        words = f"{again:%-d %b %Y %H:%M} UTC"
        why = errors.QuestionsOfTheDay(number=str(dispute), most=terms.per_day, again=words)
        return QuestionsLeft(0, terms, again, why)
    return QuestionsLeft(min(terms.per_day - len(lately), terms.in_all - len(asked)), terms)
