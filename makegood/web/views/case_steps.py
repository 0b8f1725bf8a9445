"""The steps of a case that move money or end it: looked at first, then confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes.errors import VersionMismatch
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.audit import AuditRow, audit_of, last_event
from makegood.disputes.selectors.case_effects import StepEffect, step_effect
from makegood.disputes.selectors.resolutions import resolutions_of
from makegood.disputes.states import DecisionKind
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.web import deciding
from makegood.web.case_steps import STEPS, CaseStep, Meant, first_amount, meant, read
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.reauth import asks_again

CONFLICT, UNPROCESSABLE = 409, 422
FIELDS = {
    "BAD_AMOUNT": "amount",
    "AMOUNT_TOO_FINE": "amount",
    "AMOUNT_NOT_POSITIVE": "amount",
    "AMOUNT_EXCEEDS_ASKED": "amount",
    "AMOUNT_EXCEEDS_REMAINING": "amount",
    "FEE_OUT_OF_RANGE": "amount",
    "CLAWBACK_OUT_OF_RANGE": "clawback",
    "EXPLANATION_REQUIRED": "note",
    "CAUSE_REQUIRED": "note",
    "UNKNOWN_RESOLUTION": "resolution",
}
"""The field that a refusal is about."""


@page(Verb.DISPUTE_VIEW)
def step(request: PageRequest, number: str, slug: str) -> HttpResponse:
    """One step of a case: with GET what it would do, with POST done."""
    found = details.visible_dispute(request.principal, number)
    wanted = STEPS.get(slug)
    if wanted is None or found.submitted_at is None:
        raise NotFound()
    for verb in wanted.needs:
        demand(request.principal, verb)
    slip = _Slip(request, wanted, details.dispute_detail(request.principal, number))
    return slip.confirm() if request.method == "POST" else slip.look()


class _Slip:
    """A step as it stands before one person: its fields, its effect, and what came of the confirmation."""

    def __init__(self, request: PageRequest, wanted: CaseStep, detail: details.DisputeDetail) -> None:
        self.request, self.step, self.detail = request, wanted, detail
        self.typed = read(request)
        self.error: Refusal | Answer | None = None
        fresh = request.method != "POST" and "amount" not in request.GET
        if fresh and "amount" in wanted.asks:
            self.typed = replace(self.typed, amount=first_amount(request.principal, wanted, detail))
        self.meant, self.effect = self._weighed()

    def _weighed(self) -> tuple[Meant | None, StepEffect | None]:
        """What the fields mean, and what that would do; nothing where an amount cannot be read."""
        principal = self.request.principal
        try:
            one = meant(principal, self.step, self.detail, self.typed)
        except Refusal as refusal:
            self.error = refusal
            return None, None
        look = replace(one, version=self.detail.row.version)
        return one, step_effect(principal, self.detail, self.step.foresee(principal, look))

    def look(self) -> HttpResponse:
        """The slip; for htmx its effect alone."""
        return self._answer(200)

    def confirm(self) -> HttpResponse:
        """Do it, if the figures are those that were seen; refused, the slip with what was typed and why."""
        if self.meant is None or self.effect is None:
            return self._answer(UNPROCESSABLE)
        if not self.effect.code and self.typed.seen != self.effect.seen:
            return self._changed("The figures are others than those you saw. Look at them, then confirm.")
        moved = [
            (self.effect.credit.currency, self.effect.credit.micros),
            (self.effect.clawback.currency, self.effect.clawback.micros),
        ]
        again = asks_again(self.request, moved, program_ids=[self.detail.program_id])
        if again is not None:
            return again
        answer = self.step.perform(self.request.principal, self.meant)
        if answer.ok:
            return self._done(answer)
        if answer.code == VersionMismatch.code:
            return self._changed(answer.message)
        self.error = answer
        return self._answer(UNPROCESSABLE if answer.code in FIELDS else CONFLICT)

    def _done(self, answer: Answer) -> HttpResponse:
        number = self.detail.row.number_only
        back = reverse("dispute", args=[number])
        say(self.request, f"{self.detail.row.number} {self.step.done}.", "is-ok")
        if "commit_after" in answer.data:
            deciding.offer_undo(self.request, [answer], DecisionKind.REJECT, back)
        shows_money = self.effect is not None and self.effect.moves and self.request.principal.can(Verb.LEDGER_VIEW)
        return go(f"{back}?tab=money" if shows_money else back)

    def _changed(self, message: str) -> HttpResponse:
        """409 with what happened since the page was made; what was typed is kept, and can be confirmed again."""
        return self._answer(CONFLICT, stale=message, since=self._since())

    def _since(self) -> tuple[AuditRow, ...]:
        if not self.request.principal.can(Verb.DISPUTE_DECIDE):
            return ()
        return audit_of(self.request.principal, self.detail.row.id, after=self.typed.since)

    def _answer(self, status: int, **more: Any) -> HttpResponse:
        code = self.error.code if self.error else ""
        decides = self.request.principal.can(Verb.DISPUTE_DECIDE)
        context = {
            "detail": self.detail,
            "row": self.detail.row,
            "step": self.step,
            "typed": self.typed,
            "effect": self.effect,
            "refused": self.error,
            "note_needed": self.step.note_needed
            or (self.step.slug == "credit" and bool(self.detail.note_required & {"accept", "partial"})),
            "field": FIELDS.get(code, ""),
            "resolutions": resolutions_of(self.detail.program_id) if "resolution" in self.step.asks else (),
            "newest": last_event(audit_of(self.request.principal, self.detail.row.id)) if decides else 0,
            **more,
        }
        return respond(self.request, "web/cases/step.html", context, part="web/cases/effect.html", status=status)
