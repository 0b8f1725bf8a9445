"""Files as evidence: handed in, taken away, downloaded, looked at."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.billing.selectors import charge_facts
from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, FilesItem
from makegood.disputes.selectors import claim as claims
from makegood.disputes.selectors import exhibits
from makegood.disputes.selectors.detail import visible_dispute
from makegood.evidence.models import File
from makegood.evidence.policy.files import Limits
from makegood.evidence.selectors.files import FileView, open_file
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import attaching, typed_claims
from makegood.web.attaching import Received
from makegood.web.filing import filing_page
from makegood.web.middleware import PageRequest
from makegood.web.pages import back_to, go, is_part, page, respond, say, say_refused

SANDBOX = "sandbox; default-src 'none'"
JPEG = "image/jpeg"
PART = "web/files/attached.html"


def _shown(request: PageRequest, attached: tuple[FileView, ...], attach_to: str, **more: Any) -> HttpResponse:
    """The list of files with what was just said, for the page's own script."""
    return respond(request, PART, {"attached": attached, "attach_to": attach_to, **more})


def _told(request: PageRequest, received: Received, to: str) -> HttpResponse:
    """The same for a form without script: sentences on top of the next page."""
    if received.names:
        say(request, f"{', '.join(received.names)} attached.", "is-ok")
    for one in received.refused:
        say(request, one.message, "is-error")
    if not received.names and not received.refused:
        say(request, "No file was chosen.", "is-error")
    return go(to)


def _removed(request: PageRequest, answer: Answer, to: str) -> HttpResponse:
    if answer.ok:
        say(request, "The file is removed.", "is-ok")
    else:
        say_refused(request, answer)
    return go(to)


def _refusal(answer: Answer) -> dict[str, Any]:
    refused = () if answer.ok else (attaching.Refused("", answer.code, answer.message),)
    return {"refused": refused, "said": "Removed." if answer.ok else answer.message}


@require_POST
@filing_page
def draft_files(request: PageRequest, charge_id: int) -> HttpResponse:
    """Files for one's draft on a charge, which is made when there is none."""
    facts = charge_facts(request.principal, charge_id)
    limits, to = exhibits.limits_of(facts.program_id), reverse("draft_files", args=[charge_id])
    if not is_part(request):
        received = attaching.to_draft(request, _words(request, charge_id), limits)
        return _told(request, received, reverse("dispute_form", args=[charge_id]))
    claim = claims.claim_form(request.principal, charge_id)
    if claim.draft is not None:
        received = attaching.to_dispute(request, claim.draft.id, limits)
    else:
        received = attaching.to_draft(request, DraftItem(charge_id), limits)
    attached = exhibits.files_of_draft(request.principal, charge_id)
    return _shown(request, attached, to, refused=received.refused, said=received.said)


def _words(request: PageRequest, charge_id: int) -> DraftItem:
    """What stands in the form that the files came with."""
    typed = typed_claims.typed_in(request)
    claim = claims.claim_form(request.principal, charge_id)
    try:
        micros = typed.item(charge_id, claim.terms, None).amount_micros
    except Refusal:
        micros = None
    return DraftItem(charge_id, typed.reason, typed.description, micros)


@require_POST
@filing_page
def remove_draft_file(request: PageRequest, charge_id: int, file_id: str) -> HttpResponse:
    """Take a file away from one's draft."""
    claim = claims.claim_form(request.principal, charge_id)
    if claim.draft is None:
        raise NotFound()
    if not is_part(request) and request.POST.get("ticket"):
        operations.save_draft(request.principal, items=[_words(request, charge_id)])
    (answer,) = operations.remove_files(request.principal, items=[FilesItem(claim.draft.id, (file_id,))])
    if not is_part(request):
        return _removed(request, answer, reverse("dispute_form", args=[charge_id]))
    attached = exhibits.files_of_draft(request.principal, charge_id)
    return _shown(request, attached, reverse("draft_files", args=[charge_id]), **_refusal(answer))


@require_POST
@filing_page
def dispute_files(request: PageRequest, number: str) -> HttpResponse:
    """Files for a dispute that is not decided."""
    dispute = visible_dispute(request.principal, number)
    received = attaching.to_dispute(request, dispute.pk, Limits.of(dispute.program.settings))
    if not is_part(request):
        return _told(request, received, back_to(request, reverse("dispute", args=[number])))
    attached, to = exhibits.files_of(request.principal, dispute.pk), reverse("dispute_files", args=[number])
    return _shown(request, attached, to, refused=received.refused, said=received.said)


@require_POST
@filing_page
def remove_dispute_file(request: PageRequest, number: str, file_id: str) -> HttpResponse:
    """Take a file away from a dispute that is not decided."""
    dispute = visible_dispute(request.principal, number)
    (answer,) = operations.remove_files(request.principal, items=[FilesItem(dispute.pk, (file_id,))])
    if not is_part(request):
        return _removed(request, answer, back_to(request, reverse("dispute", args=[number])))
    attached, to = exhibits.files_of(request.principal, dispute.pk), reverse("dispute_files", args=[number])
    return _shown(request, attached, to, **_refusal(answer))


@filing_page
def own_files(request: PageRequest) -> HttpResponse:
    """Files for a claim that is still being made up of several; they belong to nobody else until it is sent."""
    limits, to = exhibits.limits_for(request.principal), reverse("own_files")
    if request.method != "POST":
        waiting = exhibits.own_files_waiting(request.principal)
        context = {"attached": waiting, "attach_to": to, "limits": limits, "several": True}
        return respond(request, "web/files/files.html", context)
    known = attaching.file_ids(request)
    received = attaching.received(request, limits, there=len(known))
    if not is_part(request):
        return _told(request, received, back_to(request, to))
    attached = exhibits.own_files_named(request.principal, (*known, *received.ids))
    return _shown(request, attached, to, refused=received.refused, said=received.said, several=True)


@require_POST
@filing_page
def remove_own_file(request: PageRequest, file_id: str) -> HttpResponse:
    """Forget a file that no dispute shows."""
    file = exhibits.file_in_sight(request.principal, file_id)
    if exhibits.disputes_showing(request.principal, file):
        raise NotFound()
    answer = operations.discard_file(request.principal, file)
    to = reverse("own_files")
    if not is_part(request):
        return _removed(request, answer, back_to(request, to))
    attached = exhibits.own_files_named(request.principal, attaching.file_ids(request))
    return _shown(request, attached, to, several=True, **_refusal(answer))


def _guarded(response: FileResponse) -> FileResponse:
    """Nothing of ours runs beside it, nobody keeps it, nobody guesses its type."""
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_safe
@page(Verb.DISPUTE_VIEW)
def file(request: PageRequest, file_id: str) -> HttpResponseBase:
    """The file, always to be kept beside the browser, never opened in it."""
    found = exhibits.file_in_sight(request.principal, file_id)
    answer = FileResponse(open_file(found), as_attachment=True, filename=found.name, content_type=found.mime)
    return _guarded(answer)


def _picture(request: PageRequest, file_id: str, variant: str) -> HttpResponseBase:
    found: File = exhibits.file_in_sight(request.principal, file_id)
    if found.width is None:
        raise NotFound()
    return _guarded(FileResponse(open_file(found, variant), content_type=JPEG))


@require_safe
@page(Verb.DISPUTE_VIEW)
def view(request: PageRequest, file_id: str) -> HttpResponseBase:
    """An image to look at: a JPEG that this server made."""
    return _picture(request, file_id, "view")


@require_safe
@page(Verb.DISPUTE_VIEW)
def thumb(request: PageRequest, file_id: str) -> HttpResponseBase:
    """The same, small."""
    return _picture(request, file_id, "thumb")
