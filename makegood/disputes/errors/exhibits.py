"""What stands in the way of files as evidence of a dispute."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class TooManyFiles(Refusal):
    """At most {most} files can be attached to one dispute. Remove one first."""

    code = "EVIDENCE_TOO_MANY"
    status = 422


class TooManyWaiting(Refusal):
    """{most} files that you handed in today wait for a dispute, the most for one day. Send it, or remove some first."""

    code = "EVIDENCE_TOO_MANY_WAITING"


class EvidenceRequired(Refusal):
    """ "{reason}" needs a supporting file."""

    code = "EVIDENCE_REQUIRED"
    status = 422


class FileUnknown(Refusal):
    """One of the files is not there any more. Attach it again."""

    code = "EVIDENCE_UNKNOWN"
    status = 422
