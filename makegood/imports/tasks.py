"""Background work of imports: files that people sent to the page."""

from __future__ import annotations

from makegood.imports.operations import forget_uploads, work_on_uploads


def uploads() -> int:
    """Try or import a file that waits."""
    return work_on_uploads()


def forget() -> int:
    """Remove the bytes of old files."""
    return forget_uploads()
