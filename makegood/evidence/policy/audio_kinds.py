"""Pure: what a file of sound is by its first bytes, and what sound is taken at all."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

MOST_BYTES = 100 * 1024 * 1024
MOST_HOURS = 4
MOST_MS = MOST_HOURS * 3_600_000
LEAST_MS = 100
CHANNELS = frozenset({1, 2})
RATES = range(4_000, 192_001)
TELEPHONE_RATE = 8_000


class Family(StrEnum):
    """Containers that are read; whatever else a decoder might know is not given to it."""

    WAV = "wav"
    MP3 = "mp3"
    OGG = "ogg"
    FLAC = "flac"
    AU = "au"


class RawLaw(StrEnum):
    """Telephone sound without a header: one channel of 8 bit at 8 kHz."""

    ULAW = "ULAW"
    ALAW = "ALAW"


_RAW_ENDINGS = {".ulaw": RawLaw.ULAW, ".ul": RawLaw.ULAW, ".alaw": RawLaw.ALAW, ".al": RawLaw.ALAW}
_RAW_TYPES = {
    "audio/basic": RawLaw.ULAW,
    "audio/pcmu": RawLaw.ULAW,
    "audio/x-mulaw": RawLaw.ULAW,
    "audio/pcma": RawLaw.ALAW,
    "audio/x-alaw": RawLaw.ALAW,
}
ENDINGS = frozenset({".wav", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".au", *_RAW_ENDINGS})


def family_of(head: bytes) -> Family | None:
    """By the first 12 bytes; None for what is none of them."""
    if head[:4] in {b"RIFF", b"RIFX"} and head[8:12] == b"WAVE":
        return Family.WAV
    magic = {b"OggS": Family.OGG, b"fLaC": Family.FLAC, b".snd": Family.AU}.get(head[:4])
    if magic is not None:
        return magic
    # A frame of MPEG audio: eleven ones, then a layer, a bit rate and a sampling rate that exist.
    is_frame = len(head) >= 3 and head[0] == 0xFF and head[1] >= 0xE0 and head[1] & 0x06 != 0
    if head[:3] == b"ID3" or (is_frame and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C):
        return Family.MP3
    return None


def raw_law_of(name: str, content_type: str) -> RawLaw | None:
    """What a file without a header is said to be, by its name or its content type."""
    ending = PurePath(name).suffix.lower()
    said = content_type.partition(";")[0].strip().lower()
    return _RAW_ENDINGS.get(ending) or (_RAW_TYPES.get(said) if ending not in ENDINGS else None)


def ogg_is_whole(tail: bytes) -> bool:
    """Whether the end of an ogg file is the end of its stream: its last page says so."""
    place = tail.rfind(b"OggS")
    return place >= 0 and len(tail) > place + 5 and bool(tail[place + 5] & 0x04)
