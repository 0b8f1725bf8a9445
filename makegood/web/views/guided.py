"""A dispute made for a customer, step by step; every step is an address, and nothing typed is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.disputes import operations
from makegood.disputes.policy.guided import GuidedBegun, GuidedItem, GuidedStep, GuidedStepItem, Said
from makegood.disputes.selectors import exhibits
from makegood.disputes.selectors import guided as selector
from makegood.disputes.selectors.guided import Guided
from makegood.disputes.selectors.guided_amounts import same_percent, split_total
from makegood.disputes.selectors.guided_lines import lines_of
from makegood.disputes.selectors.guided_reasons import expected_now
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.web import attaching, guided_forms, guided_pages
from makegood.web.filing import filing_page
from makegood.web.guided_forms import Typed
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id, version_of
from makegood.web.pages import go, is_part, respond, say, say_refused

FIELDS = {
    "BILL_REQUIRED": "bills",
    "INVOICE_NOT_ISSUED": "bills",
    "CHARGES_REQUIRED": "lines",
    "CHARGE_NOT_ON_BILL": "lines",
    "TOO_MANY_CHARGES": "lines",
    "LINES_NOT_VALID": "lines",
    "BAD_AMOUNT": "lines",
    "AMOUNT_TOO_FINE": "lines",
    "AMOUNT_NOT_POSITIVE": "for-all",
    "AMOUNT_EXCEEDS_REMAINING": "for-all",
    "REASON_REQUIRED": "guided-reasons",
    "UNKNOWN_TYPE": "guided-reasons",
    "REASON_NOT_IN_CATEGORY": "guided-reasons",
    "EXPLANATION_REQUIRED": "g-description",
    "EVIDENCE_REQUIRED": "g-files",
    "EVIDENCE_UNKNOWN": "g-files",
    "EVIDENCE_TOO_MANY": "g-files",
    "EVIDENCE_TYPE_NOT_ALLOWED": "g-files",
    "EVIDENCE_TOO_LARGE": "g-files",
}
"""Where on the page what a refusal speaks of can be mended."""
CONFLICTS = frozenset({"GUIDED_CHANGED", "GUIDED_ENDED", "ALREADY_DISPUTED", "CONFLICT"})


def _at(guided: Guided, step: int) -> str:
    return reverse("guided_step", args=[guided.customer_id, guided.public_id, int(step)])


def _done(guided: Guided) -> str:
    return reverse("guided_done", args=[guided.customer_id, guided.public_id])


@filing_page
def new(request: PageRequest, customer_id: int) -> HttpResponse:
    """Begin with a customer, or with a bill or charges of theirs; what was begun before can be gone on with."""
    principal = request.principal
    customer = selector.customer_called(principal, customer_id)
    asked = request.POST if request.method == "POST" else request.GET
    bill = row_id(asked.get("bill", ""))
    charges = tuple(dict.fromkeys(pk for text in asked.getlist("charge") if (pk := row_id(text)) is not None))
    refused: Answer | None = None
    if request.method == "POST":
        (answer,) = operations.begin_guided(principal, items=[GuidedBegun(customer_id, bill, charges)])
        if answer.ok:
            return go(reverse("guided_step", args=[customer_id, answer.data["draft"], answer.data["step"]]))
        refused = answer
    context = {
        "customer": customer,
        "bill": bill,
        "charges": charges,
        "drafts": selector.drafts_of(principal, customer_id),
        "refused": refused,
    }
    return respond(request, "web/guided/new.html", context, status=422 if refused else 200)


@filing_page
def step(request: PageRequest, customer_id: int, draft: str, number: int) -> HttpResponse:
    """One of the seven steps; sent, what was typed is kept, and the next one follows."""
    guided = selector.guided(request.principal, customer_id, draft)
    if number not in set(GuidedStep):
        raise NotFound()
    if not guided.is_open:
        return _ended(request, guided)
    at = GuidedStep(number)
    if request.method != "POST":
        return go(_at(guided, guided.step)) if at > guided.step else _shown(request, guided, at)
    typed = guided_forms.read(request, at, guided.said)
    if at is GuidedStep.DOCUMENTS:
        typed, refused = _with_files(request, guided, typed)
        if refused:
            _keep(request, guided, at, typed, live=True)
            return _shown(request, guided, at, typed, problems=[(one.code, one.message) for one in refused])
    if at is GuidedStep.REVIEW and typed.go == "next":
        return _submitted(request, guided)
    return _moved(request, guided, at, typed)


def _ended(request: PageRequest, guided: Guided) -> HttpResponse:
    if guided.submitted_at is not None:
        return _leave(request, _done(guided))
    say(request, "That dispute was dropped; nothing of it was filed.")
    return _leave(request, reverse("guided_new", args=[guided.customer_id]))


def _leave(request: PageRequest, to: str) -> HttpResponse:
    """Go to a page outside the steps: as a whole, where a part was asked for."""
    return HttpResponse(status=204, headers={"HX-Redirect": to}) if is_part(request) else go(to)


def _with_files(request: PageRequest, guided: Guided, typed: Typed) -> tuple[Typed, tuple[attaching.Refused, ...]]:
    """The same with files that came with the form itself, as they do without script; and those that were not taken."""
    if not attaching.has_files(request):
        return typed, ()
    limits = exhibits.limits_of(guided.program_id or 0)
    received = attaching.received(request, limits, there=len(typed.said.files))
    return replace(typed, said=replace(typed.said, files=(*typed.said.files, *received.ids))), received.refused


def _moved(request: PageRequest, guided: Guided, at: GuidedStep, typed: Typed) -> HttpResponse:
    """Keep what was typed, and go where the form says."""
    if at is GuidedStep.AMOUNTS:
        try:
            typed = _for_all(request, typed)
        except Refusal as refusal:
            return _shown(request, guided, at, typed, problems=[(refusal.code, refusal.message)])
    if typed.go == "next":
        return _next(request, guided, at, typed)
    answer = _keep(request, guided, at, typed, live=True)
    if not answer.ok:
        return _shown(request, guided, at, typed, problems=[(answer.code, answer.message)])
    if typed.go in {"keep", "stay"}:
        return _shown(request, selector.guided(request.principal, guided.customer_id, guided.public_id), at, typed)
    wanted = at.before if typed.go == "back" else GuidedStep(min(max(row_id(typed.go) or at, 1), guided.step))
    return go(_at(guided, wanted))


def _for_all(request: PageRequest, typed: Typed) -> Typed:
    """The same with one percentage, or one total, written into every line. Raises what cannot be read of it."""
    if typed.go == "keep" or not (typed.percent.strip() or typed.total.strip()):
        return typed
    lines = lines_of(request.principal, typed.said)
    found = same_percent(lines, typed.percent) if typed.percent.strip() else split_total(lines, typed.total)
    charges = tuple(replace(one, amount=found.get(one.id, one.amount)) for one in typed.said.charges)
    return replace(typed, said=replace(typed.said, charges=charges), percent="", total="", go="stay")


def _next(request: PageRequest, guided: Guided, at: GuidedStep, typed: Typed) -> HttpResponse:
    if at is GuidedStep.VALIDITY:
        typed = replace(typed, said=_without_wrong(request, typed))
    answer = _keep(request, guided, at, typed, live=False)
    if not answer.ok:
        _keep(request, guided, at, typed, live=True)
        return _shown(request, guided, at, typed, problems=[(answer.code, answer.message)])
    return go(_at(guided, at.following))


def _without_wrong(request: PageRequest, typed: Typed) -> Said:
    """What was said, without the lines that "Continue with 3" leaves out because they are still not valid."""
    wrong = {line.charge_id for line in lines_of(request.principal, typed.said) if not line.is_valid}
    leave = wrong & typed.leave
    charges = tuple(replace(one, dropped=True) if one.id in leave else one for one in typed.said.charges)
    return replace(typed.said, charges=charges)


def _keep(request: PageRequest, guided: Guided, at: GuidedStep, typed: Typed, *, live: bool) -> Answer:
    item = GuidedStepItem(
        guided.public_id, at, typed.said, typed.invoice, version_of(request.POST.get("version", "")), live
    )
    return operations.keep_step(request.principal, items=[item])[0]


def _submitted(request: PageRequest, guided: Guided) -> HttpResponse:
    item = GuidedItem(guided.public_id, version_of(request.POST.get("version", "")))
    (answer,) = operations.submit_guided(request.principal, items=[item])
    if answer.ok:
        return _leave(request, _done(guided))
    if answer.code == "LINES_NOT_VALID":
        say_refused(request, answer)
        return go(_at(guided, GuidedStep.VALIDITY))
    return _shown(request, guided, GuidedStep.REVIEW, problems=[(answer.code, answer.message)])


def _shown(
    request: PageRequest,
    guided: Guided,
    at: GuidedStep,
    typed: Typed | None = None,
    *,
    problems: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """The page of a step, as it is kept or as it is typed; for a form that is still typed, the part that follows it."""
    live = typed is not None and typed.go == "keep"
    looked = guided_pages.looked_at(request.principal, guided, typed.said if typed else None)
    context = guided_pages.context_of(request, looked, at, more=not live)
    context |= {
        "typed": typed,
        "problems": [(FIELDS.get(code, ""), message) for code, message in problems or ()],
        "conflict": any(code in CONFLICTS for code, _ in problems or ()),
        "is_part": is_part(request),
    }
    status = 200 if not problems else 409 if context["conflict"] else 422
    if live and is_part(request):
        return respond(request, f"web/guided/{at.name.lower()}_live.html", context | {"live": True}, status=status)
    response = respond(request, "web/guided/step.html", context, part="web/guided/body.html", status=status)
    if is_part(request) and request.method != "POST":
        response["HX-Push-Url"] = request.get_full_path()
    return response


@require_safe
@filing_page
def done(request: PageRequest, customer_id: int, draft: str) -> HttpResponse:
    """What was filed: one number for the whole, its lines, what to read to the customer; in a tab the details."""
    guided = selector.guided(request.principal, customer_id, draft)
    if guided.is_open or guided.submitted_at is None:
        return go(_at(guided, guided.step))
    rows = selector.filed_rows(request.principal, guided)
    left = {one.charge_id: one for one in guided.filed if not one.ok}
    again = [("bill", guided.invoice_number), *(("charge", pk) for pk in left)]
    context: dict[str, Any] = {
        "guided": guided,
        "rows": rows,
        "left_out": [
            (left[line.charge_id], line) for line in lines_of(request.principal, guided.said) if line.charge_id in left
        ],
        "total": guided_pages.total_of([row.asked for row in rows]),
        "promise": expected_now(guided.program_id, guided.submitted_at),
        "tab": "details" if request.GET.get("tab") == "details" else "done",
        "again": urlencode(again),
    }
    return respond(request, "web/guided/done.html", context)


@require_POST
@filing_page
def drop(request: PageRequest, customer_id: int, draft: str) -> HttpResponse:
    """Throw a dispute in the making away."""
    guided = selector.guided(request.principal, customer_id, draft)
    (answer,) = operations.drop_guided(request.principal, items=[GuidedItem(guided.public_id)])
    if not answer.ok:
        say_refused(request, answer)
        return go(_at(guided, guided.step))
    say(request, "Dropped. Nothing was filed.", "is-ok")
    return go(reverse("guided_new", args=[customer_id]))


@require_POST
@filing_page
def hand_over(request: PageRequest, customer_id: int, draft: str) -> HttpResponse:
    """Give a dispute in the making to another representative."""
    guided = selector.guided(request.principal, customer_id, draft)
    to = row_id(request.POST.get("to", "")) or 0
    (answer,) = operations.hand_over(request.principal, items=[GuidedItem(guided.public_id)], to=to)
    if not answer.ok:
        say_refused(request, answer)
        return go(_at(guided, guided.step))
    say(request, "Handed over. It waits for them where disputes for this customer begin.", "is-ok")
    return go(reverse("guided_new", args=[customer_id]))
