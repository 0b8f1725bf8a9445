"""Whether a dispute can be reviewed again: asked by the page before, and by the operation under lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.disputes import errors
from makegood.disputes.models import Decision, Dispute
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.states import DecisionState
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.states import ROLES, RoleKey


@dataclass(frozen=True)
class SecondLook:
    """What stands for and against a re-review.

    ``refusal`` None says that it can be asked for. ``until`` is the end of the appeal window (None: there is none, or
    it has not begun); ``used`` of ``most`` reviews were used.
    """

    refusal: Refusal | None
    until: datetime | None
    used: int
    most: int

    @property
    def possible(self) -> bool:
        """Whether it can be asked for now, as far as the program and its windows say."""
        return self.refusal is None


def second_look(principal: Principal, dispute: Dispute) -> SecondLook:
    """How a dispute stands to another review; its stage is not asked here."""
    rounds = Rounds.of(dispute.program.settings)
    until = _until(dispute, rounds.appeal_for)
    return SecondLook(_refusal(principal, dispute, rounds, until), until, dispute.round, rounds.max_rounds)


def _refusal(principal: Principal, dispute: Dispute, rounds: Rounds, until: datetime | None) -> Refusal | None:
    number = str(dispute)
    if not rounds.re_reviews:
        return errors.ReReviewNotOffered(number=number)
    if principal.role not in rounds.asked_by:
        names = sorted(ROLES[RoleKey(role)][0].lower() for role in rounds.asked_by if role in set(RoleKey))
        return errors.ReReviewNotForYou(number=number, roles=" or ".join(names) or "nobody")
    if dispute.round >= rounds.max_rounds:
        return errors.RoundsUsedUp(number=number, rounds=dispute.round)
    if until is not None and clock.now() > until:
        return errors.AppealWindowEnded(number=number, until=moment_words(until))
    return None


def _until(dispute: Dispute, length: timedelta | None) -> datetime | None:
    """The end of the appeal window: it runs from the first decision, without one from the closing."""
    if length is None:
        return None
    first = Decision.objects.filter(dispute=dispute, state=DecisionState.COMMITTED).order_by("round").first()
    start = first.at if first else dispute.closed_at
    return start + length if start else None


def moment_words(at: datetime) -> str:
    """A moment as a refusal names it; the last instant of a window still belongs to it."""
    return f"{at:%-d %b %Y %H:%M} UTC"
