"""The recording of a call."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.charge import ChargeId
from makegood.evidence.selectors.recordings import RecordingView

RecordingId = Annotated[str, Meta(pattern=r"^rec_[0-9A-HJKMNP-TV-Z]{26}$", description="The id of a recording.")]


class Stretch(Struct, frozen=True):
    """What is heard in one channel, in milliseconds from the beginning; ``end_ms`` is the first one after it."""

    channel: int
    speaker: str
    kind: str
    start_ms: int
    end_ms: int


class Recording(Struct, kw_only=True):
    """The recording of a call: ready, waiting, failed or deleted.

    Where it is not ready ``sentence`` says why, and there is nothing to hear. ``speakers`` has one name per channel.
    ``bytes`` and ``media_type`` are those of what ``/audio`` gives; ``codec``, ``sample_rate``, ``sha256`` and
    ``original_bytes`` those of the file as it came.
    """

    id: RecordingId
    charge: ChargeId
    state: str
    sentence: str
    channels: int
    speakers: list[str]
    duration_ms: int
    segments: list[Stretch]
    media_type: str
    bytes: int
    codec: str
    sample_rate: int
    sha256: str
    original_bytes: int
    consent_basis: str


class Peaks(Struct, frozen=True):
    """A waveform as audiowaveform's version 2 writes it; ``data`` holds the lowest and the highest sample of each
    point and channel in turn."""

    version: int
    channels: int
    sample_rate: int
    samples_per_pixel: int
    bits: int
    length: int
    data: list[int]


def recording(view: RecordingView) -> Recording:
    """A recording as the service writes it; the caller has one that is known."""
    return Recording(
        id=view.public_id,
        charge=ids.numbered(ids.CHARGE, view.charge_id),
        state=view.state.value if view.state else "",
        sentence=view.sentence,
        channels=view.channels,
        speakers=list(view.speakers),
        duration_ms=view.duration_ms,
        segments=[
            Stretch(one.ch, view.speakers[one.ch], one.kind.value, one.start_ms, one.end_ms) for one in view.segments
        ],
        media_type=view.mime,
        bytes=view.bytes,
        codec=view.codec,
        sample_rate=view.sample_rate,
        sha256=view.sha256,
        original_bytes=view.original_bytes,
        consent_basis=view.consent_basis,
    )
