"""The form that files a dispute: look, check as typed, keep a draft, send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.eligibility import RuleResult
from makegood.disputes.entries import DraftItem, SubmitItem
from makegood.disputes.errors import AlreadyDisputed, BlockedByRule
from makegood.disputes.selectors import claim as selector
from makegood.disputes.selectors import exhibits
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb
from makegood.web import attaching, sending
from makegood.web import typed_claims as forms
from makegood.web.filing import filing_page
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, respond, say
from makegood.web.typed_claims import Typed

CONFLICTS = frozenset({"ALREADY_DISPUTED", "CONFLICT", "DISPUTE_CLOSED"})
FIELDS = {
    "REASON_REQUIRED": "reason",
    "REASON_NOT_IN_CATEGORY": "reason",
    "EXPLANATION_REQUIRED": "description",
    "EVIDENCE_REQUIRED": "files",
    "EVIDENCE_TOO_MANY": "files",
    "EVIDENCE_UNKNOWN": "files",
    "EVIDENCE_TYPE_NOT_ALLOWED": "files",
    "EVIDENCE_TOO_LARGE": "files",
    "AMOUNT_EXCEEDS_REMAINING": "amount",
    "AMOUNT_NOT_FULL": "amount",
    "AMOUNT_NOT_POSITIVE": "amount",
    "AMOUNT_TOO_FINE": "amount",
    "AMOUNT_TOO_HIGH": "amount",
    "AMOUNT_TOO_LOW": "amount",
    "BAD_AMOUNT": "amount",
}
"""Which field a refusal belongs to."""

View = Callable[..., HttpResponseBase]
Sent = Callable[[PageRequest, int, str], HttpResponse]


@dataclass(frozen=True)
class Face:
    """How a page shows the form: its template, the part that htmx swaps (empty: none), and what answers once it is sent
    (with the charge and the number without its letter)."""

    template: str
    sent: Sent
    part: str = ""


def _on_to_sent(request: PageRequest, charge_id: int, number: str) -> HttpResponse:
    return go(reverse("dispute_sent", args=[number]))


LOG = Face("web/calls/dispute.html", _on_to_sent)
"""The form as a page of the log."""


def keeping(view: View) -> View:
    """Whoever is signed out while typing loses nothing: what was sent waits behind the sign-in."""

    @wraps(view)
    def kept(request: HttpRequest, charge_id: int) -> HttpResponseBase:
        if request.user.is_authenticated or request.method != "POST":
            return view(request, charge_id)
        forms.keep_over_sign_in(request, charge_id)
        back = reverse("dispute_form", args=[charge_id])
        login = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
        if is_part(request):
            return render(request, "web/claims/signed_out.html", {"login": login})
        return go(login)

    return kept


def _checked(request: PageRequest, claim: selector.Claim, typed: Typed) -> tuple[selector.Checked, SubmitItem | None]:
    """What the policy says of the claim as typed, and the claim; None where the amount cannot be read."""
    charge_id, origin = claim.call.charge.id, forms.origin_of(request.principal)
    try:
        item = typed.item(charge_id, claim.terms, claim.draft)
    except Refusal as refusal:
        said = selector.checked(request.principal, replace(typed, amount="").item(charge_id, None, claim.draft), origin)
        return replace(said, in_the_way=(selector.as_result(refusal), *said.in_the_way)), None
    return selector.checked(request.principal, item, origin), item


def _at_fields(rules: tuple[RuleResult, ...]) -> dict[str, str]:
    """The sentence for each field that something is wrong with."""
    found: dict[str, str] = {}
    for rule in rules:
        if rule.code in FIELDS:
            found.setdefault(FIELDS[rule.code], rule.message)
    return found


def _context(request: PageRequest, claim: selector.Claim, typed: Typed) -> dict[str, Any]:
    check, item = _checked(request, claim, typed)
    asked = claim.terms.amount_of(item) if item and claim.terms else None
    return {
        "claim": claim,
        "row": claim.call,
        "typed": typed,
        "check": selector.advised(check, claim.reasons, typed.reason),
        "asked_money": asked,
        "place": claim.terms.place_of(asked) if asked and claim.terms and claim.terms.may_part else None,
        "already": selector.open_dispute(request.principal, claim.call.charge.id),
        "overrides": request.principal.can(Verb.DISPUTE_OVERRIDE),
    }


def _form(
    request: PageRequest, face: Face, claim: selector.Claim, typed: Typed, refused: Answer | None = None
) -> HttpResponse:
    context = _context(request, claim, replace(typed, ticket=forms.new_ticket(request.principal)))
    charge_id = claim.call.charge.id
    context |= {
        "refused": refused,
        "attached": exhibits.files_of_draft(request.principal, charge_id),
        "attach_to": reverse("draft_files", args=[charge_id]),
        "limits": exhibits.limits_of(claim.call.charge.program_id),
        "kept": forms.kept_over_sign_in(request, charge_id) is not None,
    }
    if refused is None:
        return respond(request, face.template, context | {"errors": {}}, part=face.part)
    errors = _at_fields((*context["check"].in_the_way, _as_rule(refused)))
    summary = [(FIELDS.get(rule.code, ""), rule) for rule in _wrong(context["check"], refused)]
    status = 409 if refused.code in CONFLICTS else 422
    context |= {"errors": errors, "summary": summary}
    return respond(request, face.template, context, part=face.part, status=status)


def _as_rule(refused: Answer) -> RuleResult:
    way_out = str(refused.data.get("would_pass_if", ""))
    return RuleResult(refused.code, "block", False, {}, {}, refused.message, way_out)  # noqa: FBT003


def _wrong(check: selector.Checked, refused: Answer) -> list[RuleResult]:
    """What the summary lists: why it was refused, then whatever else stands in the way."""
    rest = [rule for rule in check.in_the_way if rule.code != refused.code]
    return [_as_rule(refused), *([] if refused.code in CONFLICTS else rest)]


@keeping
@filing_page
def form(request: PageRequest, charge_id: int) -> HttpResponse:
    """The form; sent, it becomes a dispute, or comes back with what was typed and why."""
    return filed(request, charge_id, LOG)


def filed(request: PageRequest, charge_id: int, face: Face) -> HttpResponse:
    """The same on the page that ``face`` shows."""
    claim = selector.claim_form(request.principal, charge_id)
    if request.method != "POST":
        return _form(request, face, claim, _before(request, claim))
    typed = forms.typed_in(request)
    try:
        claim = _with_files(request, claim, typed)
        item = typed.item(charge_id, claim.terms, claim.draft)
    except Refusal as refusal:
        claim = selector.claim_form(request.principal, charge_id)
        return _form(request, face, claim, typed, Answer.refused(0, refusal))
    (answer,) = sending.send(request.principal, [item], key=forms.key_of(request.principal, typed.ticket))
    if answer.ok:
        forms.forget_kept(request)
        return face.sent(request, charge_id, str(answer.data["number"]).removeprefix("D-"))
    return _form(request, face, claim, typed, answer)


def _with_files(request: PageRequest, claim: selector.Claim, typed: Typed) -> selector.Claim:
    """The form after files that came with it, as they do without script, were put into its draft.

    Raises BadAmount, AmountTooFine, BlockedByRule for a file that is not taken.
    """
    charge_id = claim.call.charge.id
    if not attaching.has_files(request) or selector.open_dispute(request.principal, charge_id):
        return claim
    words = DraftItem(
        charge_id, typed.reason, typed.description, typed.item(charge_id, claim.terms, None).amount_micros
    )
    received = attaching.to_draft(request, words, exhibits.limits_of(claim.call.charge.program_id))
    for one in received.refused:
        raise BlockedByRule(one.code, one.message)
    return selector.claim_form(request.principal, charge_id)


def _before(request: PageRequest, claim: selector.Claim) -> Typed:
    """What stands in the form when it opens: typed before the sign-in was lost, the draft, or nothing."""
    kept, draft = forms.kept_over_sign_in(request, claim.call.charge.id), claim.draft
    if kept is not None:
        return kept
    if draft is None:
        return Typed()
    amount = claim.terms.text_of(draft.amount_micros) if claim.terms and claim.terms.may_part else ""
    return Typed(draft.reason, draft.description, amount)


@require_POST
@filing_page
def check(request: PageRequest, charge_id: int) -> HttpResponse:
    """The verdict strip for the claim as typed so far, the guideline of its reason, and what is asked for."""
    claim = selector.claim_form(request.principal, charge_id)
    return respond(request, "web/calls/check.html", _context(request, claim, forms.typed_in(request)))


@require_POST
@keeping
@filing_page
def draft(request: PageRequest, charge_id: int) -> HttpResponse:
    """Keep what was typed; it waits under Drafts, and in this form."""
    typed = forms.typed_in(request)
    claim = selector.claim_form(request.principal, charge_id)
    try:
        micros = typed.item(charge_id, claim.terms, None).amount_micros
    except Refusal:
        micros = None
    item = DraftItem(charge_id, typed.reason, typed.description, micros)
    if selector.open_dispute(request.principal, charge_id):
        answer = Answer.refused(0, AlreadyDisputed())
    else:
        (answer,) = operations.save_draft(request.principal, items=[item])
    if answer.ok:
        forms.forget_kept(request)
    if is_part(request):
        return respond(request, "web/calls/draft_saved.html", {"answer": answer, "at": clock.now()})
    say(request, "Draft saved." if answer.ok else answer.message, "is-ok" if answer.ok else "is-error")
    return go(reverse("dispute_form", args=[charge_id]))
