"""Files that came with a form: kept one by one, each with its own answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, FilesItem
from makegood.disputes.errors import BlockedByRule, TooManyFiles
from makegood.evidence.errors.files import FileTooLarge
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits, clean_name
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.web.middleware import PageRequest

FIELD = "files"
IDS = "file_ids"
MOST_IDS = 100
_LONGEST_ID = 40


@dataclass(frozen=True)
class Refused:
    """A file that was not taken, and why."""

    name: str
    code: str
    message: str


@dataclass(frozen=True)
class Received:
    """What became of the files of a form: public ids of those that are kept, in their order, and the rest."""

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def said(self) -> str:
        """What became of them, in one sentence for who does not look."""
        done = f"{', '.join(self.names)} attached." if self.names else ""
        return " ".join(filter(None, (done, *(one.message for one in self.refused))))


Then = Callable[[str], Answer]
"""What happens to a kept file, by its public id; a refusal undoes the keeping."""


def file_ids(request: PageRequest) -> tuple[str, ...]:
    """The ids of kept files that a form carries."""
    sent = request.POST.getlist(IDS)[:MOST_IDS]
    return tuple(dict.fromkeys(one[:_LONGEST_ID] for one in sent if one))


def has_files(request: PageRequest) -> bool:
    """Whether files came with the form."""
    return bool(request.FILES.getlist(FIELD))


def received(request: PageRequest, limits: Limits, *, there: int = 0, then: Then | None = None) -> Received:
    """Keep the files of the form, each by itself; ``there`` are so many already, ``then`` is done with each."""
    ids: list[str] = []
    names: list[str] = []
    refused: list[Refused] = []
    for upload in request.FILES.getlist(FIELD):
        try:
            if there + len(ids) >= limits.max_files:
                raise TooManyFiles(most=limits.max_files)
            public_id, name = _kept(request, upload, limits, then)
        except Refusal as refusal:
            refused.append(Refused(clean_name(upload.name or ""), refusal.code, refusal.message))
            continue
        ids.append(public_id)
        names.append(name)
    return Received(tuple(ids), tuple(names), tuple(refused))


@transaction.atomic
def _kept(request: PageRequest, upload: UploadedFile[bytes], limits: Limits, then: Then | None) -> tuple[str, str]:
    """Raises the refusal of the file, or of what was to be done with it, after which it is not kept."""
    name = upload.name or ""
    if (upload.size or 0) > limits.max_bytes:
        raise FileTooLarge(name=clean_name(name), limit=limits.size)
    keep = operations.hand_in_file if then is None else keep_file
    file = keep(request.principal, content=upload.read(), name=name, limits=limits)
    answer = then(file.public_id) if then is not None else None
    if answer is not None and not answer.ok:
        raise BlockedByRule(answer.code, answer.message)
    return file.public_id, file.name


def to_dispute(request: PageRequest, dispute_id: int, limits: Limits) -> Received:
    """Keep the files of the form and let a dispute or a draft show them; its lock is held while they are counted."""

    def attach(public_id: str) -> Answer:
        (answer,) = operations.attach_files(request.principal, items=[FilesItem(dispute_id, (public_id,))])
        return answer

    return received(request, limits, then=attach)


def to_draft(request: PageRequest, words: DraftItem, limits: Limits) -> Received:
    """Save what was typed as a draft and let it show the files of the form."""
    (answer,) = operations.save_draft(request.principal, items=[words])
    if not answer.ok or answer.id is None:
        refused = [Refused(clean_name(one.name or ""), answer.code, answer.message) for one in _sent(request)]
        return Received(refused=tuple(refused))
    return to_dispute(request, answer.id, limits)


def _sent(request: PageRequest) -> Sequence[UploadedFile[bytes]]:
    return request.FILES.getlist(FIELD)
