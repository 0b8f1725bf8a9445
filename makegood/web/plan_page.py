"""What the page of a bulk plan shows: the slip, who is left out and why, the form, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from makegood.disputes import errors
from makegood.disputes.selectors import plan_lists
from makegood.disputes.selectors.candidates import VARIABLES
from makegood.disputes.selectors.detail import findings_on_offer
from makegood.disputes.selectors.plans import PlanRow, PlanView, plan_rows
from makegood.disputes.selectors.resolutions import resolutions_of
from makegood.disputes.states import DECIDING_PLANS, PlanState, PlanVerb, RowState
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.selectors import people_who
from makegood.parties.states import Verb
from makegood.web import plan_form, plan_words

NAMED = 50
"""So many of the disputes that are left out are named on the page; the file names all."""


def context_of(
    principal: Principal, plan: PlanView, typed: plan_form.Typed | None, refused: Refusal | None
) -> dict[str, Any]:
    """Everything that the templates ask for; ``typed`` is kept where it was ``refused``."""
    ground = plan_lists.ground_of(principal, plan.id)
    typed = typed or plan_form.typed_of(plan.params, ground.currencies)
    now = clock.now()
    return {
        "plan": plan,
        "ground": ground,
        "typed": typed,
        "refused": refused,
        "lines": plan_words.lines_of(plan),
        "largest": plan_words.largest_of(plan),
        "amount_words": plan_form.amount_words(plan.params, ground.currencies),
        "moves_money": plan.verb in plan_words.MONEYED,
        "can_undo_later": plan.verb in DECIDING_PLANS,
        "left_out": _left_out(principal, plan),
        "above": _above(plan),
        "skips": bool(typed.cause or _left_out_by(plan, errors.OutOfTurn.code)),
        "needs_words": _needs_words(plan),
        "takes_words": plan.verb in plan_form.WORDED,
        "expired": plan.state is PlanState.DRAFT and plan.expires_at <= now,
        "undo_seconds": _seconds(plan.undo_until, now) if plan.can_undo else 0,
        "share": _share(plan),
        "exports": principal.can(Verb.PAYOUT_VIEW),
        "variables": VARIABLES,
        **(_choices(principal, plan, ground, typed) if plan.state is PlanState.DRAFT else {}),
        **plan_words.words_of(plan),
    }


def _seconds(until: Any, now: Any) -> int:
    left: timedelta = until - now
    return max(0, int(left.total_seconds()) + 1)


def _share(plan: PlanView) -> int:
    """How much of the plan is done, in whole percent."""
    return (plan.planned - plan.waiting) * 100 // plan.planned if plan.planned else 100


def _left_out(principal: Principal, plan: PlanView) -> list[PlanRow]:
    """The disputes that are left out, the first NAMED of them: before the commit, or by it."""
    state = RowState.EXCLUDED if plan.state is PlanState.DRAFT else RowState.REFUSED
    count = plan.excluded if plan.state is PlanState.DRAFT else plan.refused
    return list(plan_rows(principal, plan.id, limit=NAMED, state=state)) if count else []


def _above(plan: PlanView) -> int:
    """How many are left out because they are above the author's limit."""
    return _left_out_by(plan, errors.OverLimit.code) if plan.verb in DECIDING_PLANS else 0


def _left_out_by(plan: PlanView, code: str) -> int:
    return sum(one.count for one in plan.totals.exclusions if one.code == code)


def _needs_words(plan: PlanView) -> bool:
    """Whether disputes are left out because nothing is said about them."""
    wanted = {errors.ExplanationRequired.code, errors.CauseRequired.code}
    return plan.verb in plan_form.NEEDS_WORDS or any(one.code in wanted for one in plan.totals.exclusions)


def _choices(
    principal: Principal, plan: PlanView, ground: plan_lists.PlanGround, typed: plan_form.Typed
) -> dict[str, Any]:
    """What the form offers."""
    found: dict[str, Any] = {"hows": plan_form.HOWS, "clawbacks": ()}
    if plan.verb in plan_form.FOUND:
        found["findings"] = findings_on_offer(principal, ground.dispute_ids, typed.findings)
    if plan.verb in {PlanVerb.ACCEPT, PlanVerb.PARTIAL} and principal.can(Verb.PAYOUT_VIEW):
        found["clawbacks"] = plan_form.CLAWBACKS
    if plan.verb is PlanVerb.CLOSE and len(ground.programs) == 1:
        found["resolutions"] = resolutions_of(ground.programs[0])
    if plan.verb is PlanVerb.ASSIGN:
        found["people"] = [(str(user.pk), str(user)) for user in people_who(Verb.DISPUTE_DECIDE)]
    return found
