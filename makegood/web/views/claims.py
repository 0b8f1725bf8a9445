"""The form that files a dispute: look, check as typed, keep a draft, send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, SubmitItem
from makegood.disputes.selectors import claim as selector
from makegood.disputes.states import Origin
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.states import RoleKey, Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, page, respond, say

CONFLICTS = frozenset({"ALREADY_DISPUTED", "CONFLICT", "DISPUTE_CLOSED"})
FIELDS = {"REASON_REQUIRED": "reason", "REASON_NOT_IN_CATEGORY": "reason", "EXPLANATION_REQUIRED": "description"}


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    reason: str = ""
    description: str = ""
    override_cause: str = ""


def _typed(request: PageRequest) -> Typed:
    post = request.POST
    return Typed(post.get("reason", ""), post.get("description", "")[:5000], post.get("override_cause", "")[:1000])


def _form(request: PageRequest, claim: selector.Claim, typed: Typed, refused: Answer | None = None) -> HttpResponse:
    verdict = selector.checked(
        request.principal, claim.call.charge.id, reason=typed.reason, description=typed.description
    )
    context: dict[str, Any] = {
        "claim": claim,
        "row": claim.call,
        "typed": typed,
        "verdict": verdict,
        "refused": refused,
        "field": FIELDS.get(refused.code, "") if refused else "",
        "overrides": request.principal.can(Verb.DISPUTE_OVERRIDE),
    }
    status = 200 if refused is None else 409 if refused.code in CONFLICTS else 422
    return respond(request, "web/calls/dispute.html", context, status=status)


@page(Verb.DISPUTE_CREATE)
def form(request: PageRequest, charge_id: int) -> HttpResponse:
    """The form; sent, it becomes a dispute, or comes back with what was typed and why."""
    claim = selector.claim_form(request.principal, charge_id)
    draft = claim.draft
    if request.method != "POST":
        return _form(request, claim, Typed(draft.reason, draft.description) if draft else Typed())
    typed = _typed(request)
    item = SubmitItem(
        charge_id, typed.reason, typed.description, None, typed.override_cause, draft.id if draft else None
    )
    origin = Origin.CSR if request.principal.role == RoleKey.CSR else Origin.BUYER
    (answer,) = operations.submit(request.principal, items=[item], origin=origin)
    if not answer.ok:
        return _form(request, claim, typed, answer)
    return go(reverse("dispute_sent", args=[str(answer.data["number"]).removeprefix("D-")]))


@require_POST
@page(Verb.DISPUTE_CREATE)
def check(request: PageRequest, charge_id: int) -> HttpResponse:
    """The verdict strip for the claim as typed so far."""
    typed = _typed(request)
    verdict = selector.checked(request.principal, charge_id, reason=typed.reason, description=typed.description)
    return respond(request, "web/calls/verdict.html", {"verdict": verdict})


@require_POST
@page(Verb.DISPUTE_CREATE)
def draft(request: PageRequest, charge_id: int) -> HttpResponse:
    """Keep what was typed; it waits under Drafts."""
    typed = _typed(request)
    item = DraftItem(charge_id, typed.reason, typed.description)
    (answer,) = operations.save_draft(request.principal, items=[item])
    if is_part(request):
        return respond(request, "web/calls/draft_saved.html", {"answer": answer, "at": clock.now()})
    say(request, "Draft saved." if answer.ok else answer.message, "is-ok" if answer.ok else "is-error")
    return go(reverse("dispute_form", args=[charge_id]))
