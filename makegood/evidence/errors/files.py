"""What is refused of files. Nothing is kept of a file that is refused."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class FileEmpty(Refusal):
    """{name} is empty. Choose the file again."""

    code = "EVIDENCE_EMPTY"
    status = 422


class FileTooLarge(Refusal):
    """{name} is larger than {limit}, the most that one file may have."""

    code = "EVIDENCE_TOO_LARGE"
    status = 413


class TypeNotTaken(Refusal):
    """{name} is none of the files that can be attached here: {kinds}."""

    code = "EVIDENCE_TYPE_NOT_ALLOWED"
    status = 422


class HeicNotTaken(Refusal):
    """{name} is a HEIC photo, which cannot be opened here. Send it as JPG, or take it as "Most Compatible"."""

    code = "EVIDENCE_HEIC"
    status = 422


class FileBroken(Refusal):
    """{name} looks like {kind} but cannot be opened as one. It may be damaged, or hold something else."""

    code = "EVIDENCE_NOT_READABLE"
    status = 422


class ImageTooLarge(Refusal):
    """{name} has more than {megapixels} million pixels. Send it smaller."""

    code = "EVIDENCE_IMAGE_TOO_LARGE"
    status = 422


class FileInfected(Refusal):
    """{name} was refused: the virus scanner found {found} in it."""

    code = "EVIDENCE_INFECTED"
    status = 422


class FileQuarantined(Refusal):
    """The virus scanner found something in {name} after it came, so it cannot be opened."""

    code = "EVIDENCE_QUARANTINED"
    status = 409


class FileGone(Refusal):
    """{name} cannot be read from the storage right now. Try again later."""

    code = "EVIDENCE_AWAY"
    status = 409
