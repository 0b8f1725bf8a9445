"""How recordings sound at a glance: how long, how much of it is speech, and whether anybody played it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from makegood.evidence.policy.segments import read, speech_ms
from makegood.kernel import sql
from makegood.kernel.prepared import fetch


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
    found = fetch(sql.load("evidence.sounds"), {"charges": list(charge_ids)})
    return {
        charge: Sound(duration_ms, speech_ms(read(json.loads(segments))), frozenset(heard_by))
        for charge, duration_ms, segments, heard_by in found
    }
