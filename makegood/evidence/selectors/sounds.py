"""How recordings sound at a glance: how long, how much of it is speech, and whether anybody played it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from makegood.evidence.models import Recording, RecordingAccess
from makegood.evidence.policy.segments import read, speech_ms
from makegood.evidence.states import RecordingState


@dataclass(frozen=True)
class Sound:
    """A recording that can be played, in milliseconds; ``heard_by`` are the people who played any of it."""

    duration_ms: int
    speech_ms: int
    heard_by: frozenset[int] = frozenset()

    @property
    def is_silent(self) -> bool:
        """Whether nobody speaks."""
        return not self.speech_ms


def sounds_of(charge_ids: Iterable[int]) -> dict[int, Sound]:
    """The recordings of some charges, by charge; one that cannot be played is left out. The caller has scoped them."""
    ready = Recording.objects.filter(charge__in=list(charge_ids), state=RecordingState.READY)
    rows = list(ready.values_list("pk", "charge_id", "duration_ms", "segments"))
    heard: dict[int, set[int]] = {}
    played = RecordingAccess.objects.filter(recording__in=[row[0] for row in rows], heard=True, user__isnull=False)
    for recording, person in played.values_list("recording_id", "user_id").distinct():
        heard.setdefault(recording, set()).add(person or 0)
    return {
        charge: Sound(duration or 0, speech_ms(read(segments)), frozenset(heard.get(pk, ())))
        for pk, charge, duration, segments in rows
    }
