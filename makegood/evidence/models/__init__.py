"""Rows of evidence, by subject."""

from __future__ import annotations

from makegood.evidence.models.accesses import RecordingAccess
from makegood.evidence.models.files import File
from makegood.evidence.models.recordings import Recording

__all__ = ["File", "Recording", "RecordingAccess"]
