"""Files as pages and programs show them. Whose files they are is asked above, where disputes are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.core.files.storage import storages
from django.db.models import Q, QuerySet

from makegood.evidence.errors import files as errors
from makegood.evidence.models import File
from makegood.evidence.policy.files import KIND_OF_MIME, size_said
from makegood.evidence.states import ScanState
from makegood.parties.entries import Principal
from makegood.parties.states import SUBMITTER_ROLES

STORAGE = "evidence"


@dataclass(frozen=True)
class FileView:
    """A file as its reader may know it: ``size`` and ``by`` are words, ``icon`` is one of the sprite.

    ``mime`` was found by opening it. ``can_remove`` says whether the reader may take it away now.
    """

    public_id: str
    name: str
    mime: str
    kind: str
    icon: str
    bytes: int
    size: str
    sha256: str
    is_image: bool
    width: int | None
    height: int | None
    scan: str
    uploaded_at: datetime
    by: str
    can_remove: bool = False

    @property
    def is_quarantined(self) -> bool:
        """Whether a scanner found something in it; then it cannot be opened."""
        return self.scan == ScanState.INFECTED


def file_view(principal: Principal, file: File, *, can_remove: bool = False) -> FileView:
    """A file as the principal may know it; ``uploaded_by`` comes with its role."""
    kind = KIND_OF_MIME[file.mime]
    return FileView(
        public_id=file.public_id,
        name=file.name,
        mime=file.mime,
        kind=kind.key,
        icon=kind.icon,
        bytes=file.bytes,
        size=size_said(file.bytes),
        sha256=file.sha256,
        is_image=kind.is_image,
        width=file.width,
        height=file.height,
        scan=file.scan,
        uploaded_at=file.uploaded_at,
        by=_by(principal, file),
        can_remove=can_remove,
    )


def _by(principal: Principal, file: File) -> str:
    """Who it was: a colleague by name, the operator's people by their role, a program as one."""
    if file.uploaded_by is None:
        return "a program" if file.uploaded_with_id is not None else ""
    if principal.id is not None and file.uploaded_by_id == principal.id:
        return "you"
    ours = principal.customer_id is not None and file.uploaded_by.customer_id == principal.customer_id
    decides = principal.role not in SUBMITTER_ROLES
    return str(file.uploaded_by) if ours or decides else file.uploaded_by.role.name


def own_files(principal: Principal) -> QuerySet[File]:
    """The files that the principal uploaded: a person through any door, a program with its token."""
    if principal.id is not None:
        mine = Q(uploaded_by=principal.id)
    elif principal.token_id is not None:
        mine = Q(uploaded_by__isnull=True, uploaded_with=principal.token_id)
    else:
        return File.objects.none()
    return kept_files().filter(mine)


def kept_files() -> QuerySet[File]:
    """Every file that was not taken away again, with who uploaded it. Not scoped."""
    return File.objects.filter(deleted_at__isnull=True).select_related("uploaded_by__role")


def open_file(file: File, variant: str = "") -> IO[bytes]:
    """The kept bytes, to be closed by the caller; ``variant`` names a smaller picture of an image.

    Raises FileQuarantined, FileGone.
    """
    if file.scan == ScanState.INFECTED:
        raise errors.FileQuarantined(name=file.name)
    key = f"{file.storage_key}.{variant}" if variant else file.storage_key
    try:
        found: IO[bytes] = storages[STORAGE].open(key)
    except OSError as error:
        raise errors.FileGone(name=file.name) from error
    return found
