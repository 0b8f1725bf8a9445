"""Evidence: files handed in for disputes, read, downloaded, and deleted before a decision."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.http import content_disposition_header

from makegood.api.errors import MatchFailed, MatchRequired, NoAccess
from makegood.api.http import FORM, Request, Response
from makegood.api.multipart import Sent, one_file
from makegood.api.problems import refused
from makegood.api.routing import Keyed, Route
from makegood.api.v1 import finding, tags
from makegood.api.v1.representations.evidence import Evidence, EvidenceList, evidence
from makegood.disputes import errors, operations
from makegood.disputes.entries import FilesItem
from makegood.disputes.selectors.dossiers import Handle
from makegood.disputes.selectors.exhibits import (
    disputes_showing,
    file_in_sight,
    files_of,
    limits_for,
    limits_of_dispute,
    view_of,
)
from makegood.evidence.errors import files as file_errors
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.evidence.selectors.files import open_file
from makegood.kernel.errors import Refusal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "evidence"
PATH = "/api/v1/evidence"
ONE = PATH + "/{evidence}"
BINARY = "application/octet-stream"
SANDBOX = "sandbox; default-src 'none'"
MOST_BYTES = 64 * 1024 * 1024
"""No setting of a program lets one call be larger."""


@dataclass(frozen=True)
class Handed:
    """What a call hands in: the file, the dispute it is for (None: none yet), and what is taken there."""

    sent: Sent
    limits: Limits
    dispute: Handle | None = None


def handed_in(request: Request) -> Handed:
    """The file of the body. Raises NotPermitted, and what ``one_file`` raises."""
    demand(request.principal, Verb.DISPUTE_CREATE)
    limits = limits_for(request.principal)
    return Handed(one_file(request, min(limits.max_bytes, MOST_BYTES)), limits)


def handed_in_for(request: Request) -> Handed:
    """The file of the body and the dispute of the path. Raises NoAccess besides."""
    dispute = finding.dispute(request)
    demand(request.principal, Verb.DISPUTE_CREATE)
    limits = limits_of_dispute(dispute.id)
    return Handed(one_file(request, min(limits.max_bytes, MOST_BYTES)), limits, dispute)


def _made(request: Request, file: File) -> Response:
    made = _shown(request, file)
    return Response(201, made, {"Location": f"{PATH}/{made.id}"})


def _shown(request: Request, file: File) -> Evidence:
    view = view_of(request.principal, file)
    return evidence(view, [dispute.public_id for dispute in disputes_showing(request.principal, file)])


def _kept(request: Request, handed: Handed) -> File:
    sent = handed.sent
    return keep_file(request.principal, content=sent.content, name=sent.name, limits=handed.limits)


def hand_in(request: Request) -> Response:
    """Keep a file that no dispute shows yet; a submission names it within a day."""
    sent = request.subject.sent
    file = operations.hand_in_file(
        request.principal, content=sent.content, name=sent.name, limits=request.subject.limits
    )
    return _made(request, file)


@transaction.atomic
def attach(request: Request) -> Response:
    """Keep a file and let the dispute show it."""
    handed: Handed = request.subject
    file = _kept(request, handed)
    dispute_id = handed.dispute.id if handed.dispute is not None else 0
    (answer,) = operations.attach_files(request.principal, items=[FilesItem(dispute_id, (file.public_id,))])
    if not answer.ok:
        raise refused(answer)
    return _made(request, file)


def listed(request: Request) -> Response:
    """The files of a dispute."""
    found = files_of(request.principal, request.subject.id)
    return Response(body=EvidenceList([evidence(view, [request.subject.public_id]) for view in found]))


def found(request: Request) -> File:
    """The file of the path. Raises NotPermitted, NoAccess."""
    demand(request.principal, Verb.DISPUTE_VIEW)
    text = request.params["evidence"]
    with finding.absent_as("Evidence", text):
        return file_in_sight(request.principal, text)


def one(request: Request) -> Response:
    """One file, without its content."""
    return tags.read(request, _shown(request, request.subject))


def content(request: Request) -> Response:
    """The kept bytes. A browser keeps them beside itself and never opens them."""
    file: File = request.subject
    with open_file(file) as stored:
        whole = stored.read()
    named = content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    headers = {"Content-Disposition": named, "Content-Security-Policy": SANDBOX, "Cache-Control": "private, no-store"}
    return Response(headers=headers, content=whole, media=BINARY)


def delete(request: Request) -> Response:
    """Take the file away from every dispute in sight that shows it."""
    tags.check_unchanged(request, _shown(request, request.subject))
    answer = operations.discard_file(request.principal, request.subject)
    if not answer.ok:
        raise refused(answer)
    return Response(204)


FILES: tuple[type[Refusal], ...] = (
    file_errors.FileEmpty,
    file_errors.FileTooLarge,
    file_errors.TypeNotTaken,
    file_errors.HeicNotTaken,
    file_errors.FileBroken,
    file_errors.ImageTooLarge,
    file_errors.FileInfected,
)
STATE: tuple[type[Refusal], ...] = (
    errors.WrongStage,
    errors.DecisionPending,
    errors.AlreadyDecided,
    errors.DisputeClosed,
)
_ABOUT = (
    "The file is the part `file` of the form, 10 MB unless the program says otherwise: JPG, PNG, WebP, PDF, text, CSV, "
    "MP3, WAV or OGG. What it is is found by opening it; images are written anew without metadata."
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        PATH,
        "handInEvidence",
        hand_in,
        "Hand in a file for a submission.",
        TAG,
        scope=handed_in,
        verb=Verb.DISPUTE_CREATE,
        answer=Evidence,
        status=201,
        keyed=Keyed.OPTIONAL,
        media=(FORM,),
        limit=MOST_BYTES,
        refusals=(*FILES, errors.TooManyWaiting),
        description=_ABOUT + " A submission names it by its id; what none names within a day is forgotten.",
    ),
    Route(
        "POST",
        "/api/v1/disputes/{dispute}/evidence",
        "attachEvidence",
        attach,
        "Attach a file to a dispute.",
        TAG,
        scope=handed_in_for,
        verb=Verb.DISPUTE_CREATE,
        answer=Evidence,
        status=201,
        keyed=Keyed.OPTIONAL,
        media=(FORM,),
        limit=MOST_BYTES,
        refusals=(NoAccess, *FILES, *STATE, errors.TooManyFiles, errors.FileUnknown),
        description=_ABOUT + " Possible until a decision.",
    ),
    Route(
        "GET",
        "/api/v1/disputes/{dispute}/evidence",
        "listEvidence",
        listed,
        "List the files of a dispute.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_VIEW,
        answer=EvidenceList,
        refusals=(NoAccess,),
    ),
    Route(
        "GET",
        ONE,
        "getEvidence",
        one,
        "Read what is known of a file.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer=Evidence,
        statuses={304: None},
        refusals=(NoAccess,),
        description="A file that no dispute shows yet is known to its uploader alone.",
    ),
    Route(
        "GET",
        ONE + "/content",
        "getEvidenceContent",
        content,
        "Download a file.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer_media=BINARY,
        refusals=(NoAccess, file_errors.FileQuarantined, file_errors.FileGone),
        description="Always as an attachment; `type` of the file says what it is.",
    ),
    Route(
        "DELETE",
        ONE,
        "deleteEvidence",
        delete,
        "Delete a file before a decision.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_CREATE,
        status=204,
        matched=True,
        refusals=(NoAccess, MatchRequired, MatchFailed, *STATE, "EVIDENCE_REQUIRED"),
        description="It goes away from every dispute in sight that shows it, if none of them is decided.",
    ),
)
