"""Rows of listening that the database refuses."""

from __future__ import annotations

import pytest

from makegood.evidence.models import RecordingAccess
from makegood.kernel import clock
from tests.recordings import ready_recording
from tests.refusals import refused_by
from tests.world import ChargeMaker


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("recording_access_via", {"via": "fax"}),
        ("recording_access_is_a_stretch", {"from_ms": 5, "to_ms": 5}),
        ("recording_access_is_a_stretch", {"from_ms": -1}),
    ],
)
def test_no_such_row(constraint: str, facts: dict[str, object], make_charge: ChargeMaker) -> None:
    now = clock.now()
    row = {"via": "page", "link": "l", "at": now, "last_at": now, "from_ms": 0, "to_ms": 9, "heard": True, **facts}
    recording = ready_recording(make_charge(), duration_ms=100, speech=())
    with refused_by(constraint):
        RecordingAccess.objects.create(recording=recording, **row)
