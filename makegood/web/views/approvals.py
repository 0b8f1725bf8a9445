"""Second signatures: what waits for one, signing it, and giving it back to its author."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import errors, operations
from makegood.disputes.entries import Ref, SignItem
from makegood.disputes.selectors.recommendations import RecommendationRow, recommendation_called
from makegood.kernel.answers import Answer
from makegood.kernel.money import format_money
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import undoing
from makegood.web.approving import Typed, approvals_of
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say, say_refused
from makegood.web.reauth import asks_again

UNPROCESSABLE = 422


@page(Verb.DISPUTE_DECIDE)
def approvals(request: PageRequest) -> HttpResponse:
    """What waits for a second signature; one's own apart, with the sentence why somebody else has to answer."""
    asked = request.GET
    found = approvals_of(request.principal, after=asked.get("after", ""), before=asked.get("before", ""))
    return respond(request, "web/approvals/approvals.html", {"found": found})


@require_POST
@page(Verb.DISPUTE_DECIDE)
def sign(request: PageRequest, public_id: str) -> HttpResponse:
    """Sign somebody else's decision, and offer to undo it; above a limit the person confirms who they are first."""
    row = _named(request, public_id)
    if row.why_not is None:
        again = asks_again(request, _moved(row), program_ids=[row.program_id])
        if again is not None:
            return again
    (answer,) = operations.approve(request.principal, items=[SignItem(public_id)])
    if not answer.ok:
        say_refused(request, answer)
        return go(reverse("approvals"))
    _offer_undo(request, row, answer)
    return go(reverse("approvals"))


def _moved(row: RecommendationRow) -> list[tuple[str, int]]:
    """Currency and micros of what a signature moves: its credit, and a claw-back that its author chose."""
    taken = [(row.effect.payout_currency, row.clawback_micros)] if row.effect and row.clawback_micros else []
    return [(row.currency, row.credit_micros), *taken]


def _offer_undo(request: PageRequest, row: RecommendationRow, answer: Answer) -> None:
    amount = format_money(row.credit_micros, row.currency)
    done = f"{row.number} signed: {amount} credited" if row.credit_micros else f"{row.number} signed: rejected"
    until = answer.data["commit_after"]
    undoing.remember(request, dispute_ids=[row.dispute_id], until=until, sentence=done, back=reverse("approvals"))
    if undoing.pending(request) is None:
        say(request, f"{done}.", "is-ok")


@require_POST
@page(Verb.DISPUTE_DECIDE)
def decline(request: PageRequest, public_id: str) -> HttpResponse:
    """Give somebody's decision back into their hands; without a cause the page asks for one."""
    row, cause = _named(request, public_id), request.POST.get("cause", "")
    (answer,) = operations.decline(request.principal, items=[SignItem(public_id, cause)])
    if answer.code == errors.CauseRequired.code:
        found = approvals_of(request.principal, typed=Typed(public_id, cause, answer.message))
        return respond(request, "web/approvals/approvals.html", {"found": found}, status=UNPROCESSABLE)
    if answer.ok:
        say(request, f"{row.number} went back to {row.author}, with your words. Nothing was held.", "is-ok")
    else:
        say_refused(request, answer)
    return go(reverse("approvals"))


@require_POST
@page(Verb.DISPUTE_DECIDE)
def take_back(request: PageRequest, public_id: str) -> HttpResponse:
    """Take one's own decision back before somebody signs it; the dispute is in one's hands again."""
    row = _named(request, public_id)
    (answer,) = operations.withdraw_recommendation(request.principal, items=[Ref(row.dispute_id)])
    if not answer.ok:
        say_refused(request, answer)
        return go(reverse("approvals"))
    return go(reverse("lane_dispute", args=[row.number_only]))


def _named(request: PageRequest, public_id: str) -> RecommendationRow:
    row = recommendation_called(request.principal, public_id)
    if row is None:
        raise NotFound()
    return row
