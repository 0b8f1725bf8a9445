"""Sounds as files of every kind that is read, made up on the spot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from makegood.project.demo.sounds import RATE, after_each_other, hum, side_by_side, silence, speech

KINDS = {
    "pcm16.wav": ("WAV", "PCM_16"),
    "pcm8.wav": ("WAV", "PCM_U8"),
    "pcm24.wav": ("WAV", "PCM_24"),
    "pcm32.wav": ("WAV", "PCM_32"),
    "ulaw.wav": ("WAV", "ULAW"),
    "alaw.wav": ("WAV", "ALAW"),
    "gsm.wav": ("WAV", "GSM610"),
    "call.mp3": ("MP3", "MPEG_LAYER_III"),
    "vorbis.ogg": ("OGG", "VORBIS"),
    "opus.ogg": ("OGG", "OPUS"),
    "call.flac": ("FLAC", "PCM_16"),
    "call.ulaw": ("RAW", "ULAW"),
    "call.al": ("RAW", "ALAW"),
}
"""Name of a file -> container and coding."""


def somebody_speaks(seed: int = 1) -> NDArray[np.float32]:
    """A second of hum, two of speech, half a second of hum."""
    rng = np.random.default_rng(seed)
    return after_each_other(hum(1, rng), speech(2, rng), hum(0.5, rng))


def two_speak(seed: int = 1) -> NDArray[np.float32]:
    """The first speaks from 0.5 to 2.5 s, the second from 3.0 to 4.5 s, on channels of their own."""
    rng = np.random.default_rng(seed)
    first = after_each_other(silence(0.5), speech(2, rng, pitch=120), silence(2.5))
    second = after_each_other(silence(3), speech(1.5, rng, pitch=200), silence(0.5))
    return side_by_side(first, second)


def written(folder: Path, name: str, sound: NDArray[np.float32], rate: int = RATE) -> Path:
    """The sound as a file of the kind that its name stands for."""
    container, coding = KINDS[name]
    path = folder / name
    soundfile.write(path, sound, rate, format=container, subtype=coding)
    return path
