"""Recordings for tests: bursts of tone where somebody speaks, made here, kept where the test keeps its files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import numpy as np
import soundfile
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from makegood.billing.models import Charge
from makegood.evidence.models import Recording
from makegood.evidence.policy.segments import Segment, written
from makegood.evidence.policy.waveform import Peaks
from makegood.evidence.states import RecordingState
from makegood.kernel import clock, ids

RATE = 16_000
SPEECH = (Segment(0, 1_000, 3_000), Segment(1, 4_000, 6_000), Segment(0, 9_000, 11_000))
"""Caller, agent, caller again; between them silence."""


def sound(duration_ms: int, speech: Sequence[Segment], channels: int) -> np.ndarray[Any, Any]:
    """One row per moment: a low tone in the first channel, a higher one in the second, silence where nobody speaks."""
    at = np.arange(duration_ms * RATE // 1000) / RATE
    made = np.zeros((len(at), channels))
    for one in speech:
        inside = (at * 1000 >= one.start_ms) & (at * 1000 < one.end_ms)
        wobble = 0.25 + 0.2 * np.sin(2 * np.pi * 3 * at) ** 2
        made[:, one.ch] += inside * wobble * np.sin(2 * np.pi * (220 + 180 * one.ch) * at)
    return made


def ready_recording(
    charge: Charge, *, duration_ms: int = 12_000, speech: Sequence[Segment] = SPEECH, channels: int = 2
) -> Recording:
    """A recording of a charge that can be played."""
    wave = sound(duration_ms, speech, channels)
    out = io.BytesIO()
    soundfile.write(out, wave, RATE, format="MP3")
    content = out.getvalue()
    drawn = Peaks(RATE, channels)
    drawn.feed(wave.astype(np.float32))
    kept = storages["evidence"]
    public_id, now = ids.ulid("rec"), clock.now()
    return Recording.objects.create(
        public_id=public_id,
        charge=charge,
        state=RecordingState.READY,
        original_key=kept.save(f"recordings/{public_id}.mp3", ContentFile(content)),
        play_key=kept.save(f"recordings/{public_id}.play.mp3", ContentFile(content)),
        peaks_key=kept.save(f"recordings/{public_id}.json", ContentFile(drawn.document())),
        sha256=sha256(content).hexdigest(),
        bytes=len(content),
        play_bytes=len(content),
        codec="mp3",
        channels=channels,
        sample_rate=RATE,
        duration_ms=duration_ms,
        segments=written(speech),
        created_at=now - timedelta(minutes=5),
        ready_at=now,
    )
