"""What the database forbids of recordings, tried one by one."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.evidence.models import Recording
from makegood.evidence.states import RecordingState
from makegood.kernel import clock
from tests.refusals import refused_by
from tests.world import ChargeMaker

WHOLE = {
    "original_key": "o",
    "play_key": "p",
    "peaks_key": "k",
    "channels": 1,
    "duration_ms": 1,
    "sample_rate": 8_000,
    "bytes": 1,
    "play_bytes": 1,
}


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"state": "lost"}, "recording_state"),
        ({"state": RecordingState.WAITING}, "recording_waiting_has_time"),
        ({"state": RecordingState.FAILED, "next_at": clock.now()}, "recording_waiting_has_time"),
        *(
            ({"state": RecordingState.READY, **WHOLE, name: wrong}, "recording_ready_is_whole")
            for name, wrong in (("play_key", ""), ("channels", 3), ("duration_ms", 0), ("bytes", None))
        ),
    ],
)
def test_a_recording_is_as_its_state_says(make_charge: ChargeMaker, facts: dict[str, Any], constraint: str) -> None:
    charge = make_charge()
    with refused_by(constraint):
        Recording.objects.create(public_id="rec_1", charge=charge, created_at=clock.now(), **facts)
