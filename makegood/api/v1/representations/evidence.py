"""Files that disputes show as evidence, as the native service writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1.representations.dispute import DisputeId
from makegood.evidence.selectors.files import FileView

EvidenceId = Annotated[str, Meta(pattern="^fil_", max_length=40, description="The id of a file of evidence.")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Evidence(Struct, kw_only=True):
    """A file. ``type`` was found by opening it; ``sha256`` and ``bytes`` are of what is kept, and given as its content.

    An image is written anew, without metadata. ``scan`` is unscanned, clean or infected; ``disputes`` are those in
    sight that show it.
    """

    id: EvidenceId
    name: str
    type: str
    bytes: int
    sha256: Sha256
    width: int | None
    height: int | None
    scan: str
    uploaded_at: datetime
    uploaded_by: str
    disputes: list[DisputeId]
    can_delete: bool


class EvidenceList(Struct):
    """The files of a dispute, in the order they came."""

    items: list[Evidence]


def evidence(file: FileView, disputes: Sequence[str]) -> Evidence:
    """A file as the service writes it, with the ids of the disputes that show it."""
    return Evidence(
        id=file.public_id,
        name=file.name,
        type=file.mime,
        bytes=file.bytes,
        sha256=file.sha256,
        width=file.width,
        height=file.height,
        scan=file.scan,
        uploaded_at=file.uploaded_at,
        uploaded_by=file.by,
        disputes=list(disputes),
        can_delete=file.can_remove,
    )
