"""Opens sound and reads it block by block; what is no sound, too long or broken is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import soundfile

from makegood.evidence.errors.recordings import AudioBroken, AudioEmpty, AudioTooLong, NotAudio, TooManyChannels
from makegood.evidence.policy.audio_kinds import (
    CHANNELS,
    LEAST_MS,
    MOST_HOURS,
    MOST_MS,
    RATES,
    TELEPHONE_RATE,
    Family,
    RawLaw,
    family_of,
    ogg_is_whole,
    raw_law_of,
)
from makegood.evidence.policy.resampling import Sound

BLOCK = 32_768
"""Samples per channel that are held at once."""
_TAIL = 65_536
_DATA_LENGTH = re.compile(r"^data : (?P<said>[0-9]+) \(should be (?P<is>[0-9]+)\)", re.MULTILINE)
_UNKNOWN_LENGTH = frozenset({0, 0x7FFFFFFF, 0x7FFFFFFF - 36, 0xFFFFFFFF, 0xFFFFFFFF - 36})
"""What recorders write that do not know the end yet."""
_SLACK = 4_096
"""Samples that coders add or leave out at the ends."""


@dataclass(frozen=True)
class Source:
    """Sound that was opened: ``codec`` in words such as ``wav ulaw``, ``rate`` in Hz, one or two channels."""

    path: Path
    codec: str
    rate: int
    channels: int
    file: soundfile.SoundFile


@contextmanager
def opened(path: Path, *, name: str = "", content_type: str = "") -> Iterator[Source]:
    """Open a file; ``name`` and ``content_type`` matter only where it has no header.

    Errors: RECORDING_NOT_AUDIO, RECORDING_CHANNELS, RECORDING_TOO_LONG, RECORDING_BROKEN.
    """
    with path.open("rb") as plain:
        family = family_of(plain.read(12))
    file, law = _file(path, family, raw_law_of(name, content_type))
    with file:
        if file.channels not in CHANNELS:
            raise TooManyChannels(channels=file.channels)
        if file.samplerate not in RATES:
            raise NotAudio()
        if file.frames * 1000 > MOST_MS * file.samplerate and _knows_length(family):
            raise AudioTooLong(limit_h=MOST_HOURS)
        if law is None:
            _check_whole(path, family, file)
        container = "raw" if law else str(family)
        yield Source(path, f"{container} {file.subtype.lower()}", file.samplerate, file.channels, file)


def _file(path: Path, family: Family | None, law: RawLaw | None) -> tuple[soundfile.SoundFile, RawLaw | None]:
    try:
        if family is not None:
            return soundfile.SoundFile(path), None
    except (soundfile.SoundFileError, RuntimeError) as error:
        if law is None:
            raise AudioBroken(problem="it cannot be decoded") from error
    if law is None:
        raise NotAudio()
    file = soundfile.SoundFile(path, samplerate=TELEPHONE_RATE, channels=1, format="RAW", subtype=law.value)
    return file, law


def _knows_length(family: Family | None) -> bool:
    # An MP3 without a table of contents has its length estimated; it is counted while reading.
    return family is not Family.MP3


def _check_whole(path: Path, family: Family | None, file: soundfile.SoundFile) -> None:
    """Raise AudioBroken for a container that says that it was longer."""
    length = _DATA_LENGTH.search(file.extra_info) if family is Family.WAV else None
    said, there = (int(length["said"]), int(length["is"])) if length is not None else (0, 0)
    if said not in _UNKNOWN_LENGTH and there < said:
        raise AudioBroken(problem=f"its header announces {said:,} bytes, {there:,} are there")
    if family is Family.OGG:
        with path.open("rb") as plain:
            plain.seek(max(0, path.stat().st_size - _TAIL))
            if not ogg_is_whole(plain.read()):
                raise AudioBroken(problem="it has no end")


def blocks(source: Source) -> Iterator[Sound]:
    """The sound, at most 32,768 samples by channels at a time.

    Errors: RECORDING_BROKEN, RECORDING_TOO_LONG, RECORDING_EMPTY.
    """
    done = 0
    while True:
        try:
            block: Sound = source.file.read(BLOCK, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, RuntimeError) as error:
            raise AudioBroken(problem=f"it cannot be decoded after {done / source.rate:.1f} s") from error
        if not len(block):
            break
        done += len(block)
        if done * 1000 > MOST_MS * source.rate:
            raise AudioTooLong(limit_h=MOST_HOURS)
        yield block
    if done + _SLACK < source.file.frames < 2**62:
        said = source.file.frames / source.rate
        raise AudioBroken(problem=f"{said:.1f} s are announced, {done / source.rate:.1f} s are there")
    if done * 1000 < LEAST_MS * source.rate:
        raise AudioEmpty()
