"""Imports on a page: send a file, say how it is read, try it, import it, and take the rejects away."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.imports import operations
from makegood.imports.models import Upload
from makegood.imports.policy.samples import SAMPLES
from makegood.imports.selectors import (
    batches_visible_to,
    batches_with_rejects,
    format_choices,
    rejects_of,
    uploads_visible_to,
)
from makegood.imports.states import AT_WORK, PAYMENTS, BillFormat, UploadState
from makegood.kernel.errors import Refusal
from makegood.kernel.paging import Key, page_of, place_of
from makegood.parties.errors import NotFound
from makegood.parties.selectors import programs_visible_to, zone_names
from makegood.parties.states import Verb
from makegood.web import incoming as reading
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say

SIZE = 50
NEWEST = (Key("id", descending=True),)
MOST_MB = 60
UNPROCESSABLE = 422


@page(Verb.IMPORT_RUN)
def incoming(request: PageRequest) -> HttpResponse:
    """What was imported, what is on its way, and the form that takes a file."""
    if request.method == "POST":
        return _taken(request)
    return _listed(request)


def _listed(request: PageRequest, error: str = "", status: int = 200) -> HttpResponse:
    get = request.GET
    place = place_of(get.get("after", ""), get.get("before", ""), NEWEST)
    found = page_of(batches_visible_to(request.principal), NEWEST, place, SIZE)
    kept = batches_with_rejects(found.rows)
    uploads = uploads_visible_to(request.principal)
    context = {
        "page": found.with_rows([reading.shown_batch(batch, has_rejects=batch.pk in kept) for batch in found.rows]),
        "open": uploads.exclude(state__in=[UploadState.DONE, UploadState.DISCARDED]).order_by("-id")[:SIZE],
        "programs": programs_visible_to(request.principal).order_by("name"),
        "most_mb": MOST_MB,
        "samples": [(name, one.words) for name, one in SAMPLES.items()],
        "error": error,
    }
    return respond(request, "web/incoming/incoming.html", context, part="web/incoming/list.html", status=status)


def _taken(request: PageRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        return _listed(request, "Choose a file first.", UNPROCESSABLE)
    try:
        kept = operations.take_upload(
            request.principal,
            name=file.name or "file",
            content=file.chunks(),
            options={"program": request.POST.get("program", "")[:40]},
        )
    except Refusal as refusal:
        return _listed(request, refusal.message, refusal.status)
    return go(reverse("upload", args=[kept.public_id]))


def _found(request: PageRequest, upload_id: str) -> Upload:
    found = uploads_visible_to(request.principal).filter(public_id=upload_id).first()
    if found is None:
        raise NotFound()
    return found


@page(Verb.IMPORT_RUN)
def upload(request: PageRequest, upload_id: str) -> HttpResponse:
    """One file: how it is read, what the try said, or what became of it."""
    found = _found(request, upload_id)
    if request.method != "POST":
        return _shown(request, found)
    typed = reading.read(request.POST)
    if typed.errors:
        return _shown(request, found, typed, UNPROCESSABLE)
    operations.set_reading(
        request.principal,
        public_id=upload_id,
        options=typed.options,
        columns=typed.columns,
        expected=typed.expected,
    )
    if request.POST.get("act") == "try":
        operations.try_upload(request.principal, public_id=upload_id)
    return go(reverse("upload", args=[upload_id]))


def _shown(request: PageRequest, found: Upload, typed: reading.Typed | None = None, status: int = 200) -> HttpResponse:
    of_payments = found.batch is not None and found.batch.format == PAYMENTS
    context: dict[str, Any] = {"upload": found, "result": reading.result_of(found), "of_payments": of_payments}
    if found.state in AT_WORK:
        context["percent"] = reading.percent(found)
    elif found.state in {UploadState.MAPPING, UploadState.FAILED, UploadState.CHECKED}:
        context |= {
            "look": reading.looked(found),
            "typed": typed or reading.kept(found),
            "formats": format_choices(),
            "bill_formats": tuple(BillFormat),
            "payments": PAYMENTS,
            "programs": programs_visible_to(request.principal).order_by("name"),
            "zones": zone_names(),
        }
    return respond(request, "web/incoming/upload.html", context, status=status)


@page(Verb.IMPORT_RUN)
def progress(request: PageRequest, upload_id: str) -> HttpResponse:
    """How far the worker has come; once it is through, the page is shown anew."""
    found = _found(request, upload_id)
    if found.state in AT_WORK:
        context = {"upload": found, "percent": reading.percent(found)}
        return respond(request, "web/incoming/upload.html", context, part="web/incoming/progress.html")
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response if request.headers.get("HX-Request") == "true" else go(reverse("upload", args=[upload_id]))


@require_POST
@page(Verb.IMPORT_RUN)
def bring_in(request: PageRequest, upload_id: str) -> HttpResponse:
    """Let the worker import what was tried."""
    operations.import_upload(request.principal, public_id=upload_id)
    return go(reverse("upload", args=[upload_id]))


@require_POST
@page(Verb.IMPORT_RUN)
def discard(request: PageRequest, upload_id: str) -> HttpResponse:
    """Throw the file away."""
    gone = operations.discard_upload(request.principal, public_id=upload_id)
    say(request, f"{gone.file_name} was thrown away; nothing of it was imported.", "is-ok")
    return go(reverse("incoming"))


@page(Verb.IMPORT_RUN)
def rejects(request: PageRequest, upload_id: str) -> HttpResponseBase:
    """The rows that the last try, or the import, left out, each with its reason."""
    found = _found(request, upload_id)
    content = operations.open_rejects(found)
    if content is None:
        raise NotFound()
    return _csv(content, f"{found.public_id}.rejects.csv")


@page(Verb.IMPORT_RUN)
def batch_rejects(request: PageRequest, batch_id: int) -> HttpResponseBase:
    """The rows that an import left out."""
    batch = batches_visible_to(request.principal).filter(pk=batch_id).first()
    if batch is None or not batches_with_rejects([batch]):
        raise NotFound()
    return _csv(rejects_of(batch), f"import-{batch.pk}.rejects.csv")


@page(Verb.IMPORT_RUN)
def sample(request: PageRequest, name: str) -> HttpResponseBase:
    """A file to begin with: the columns of one kind of import, and a row. Raises NotFound for a kind that is none."""
    found = SAMPLES.get(name)
    if found is None:
        raise NotFound()
    return _csv([found.text.encode()], f"{name}.csv")


def _csv(content: Any, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
