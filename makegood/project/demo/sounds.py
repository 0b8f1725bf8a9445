"""Made-up sounds of the telephone: somebody speaks without words, it rings, it beeps, the line hums. Pure.

One-dimensional arrays of samples from -1 to 1 at 8 kHz. A voice is a row of harmonics shaped by the formants of vowels,
syllable after syllable with hisses between them: a voice detector takes it for speech, and nobody can understand it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 8_000
Samples = NDArray[np.float32]

_VOWELS = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (270, 2290, 3010),
    (570, 840, 2410),
    (300, 870, 2240),
    (490, 1350, 1690),
)
_WIDTHS = (90.0, 110.0, 160.0)
_LEVELS = (1.0, 0.55, 0.25)
_HIGHEST_HZ = 3_600


def silence(seconds: float) -> Samples:
    """Nothing at all."""
    return np.zeros(round(seconds * RATE), np.float32)


def hum(seconds: float, rng: np.random.Generator, level: float = 0.002) -> Samples:
    """The faint noise of a line where nobody speaks."""
    return (rng.normal(0, level, round(seconds * RATE))).astype(np.float32)


def tone(seconds: float, *hertz: float, level: float = 0.25) -> Samples:
    """Pure tones together, such as a beep."""
    at = np.arange(round(seconds * RATE)) / RATE
    waves: NDArray[np.float64] = np.sum([np.sin(2 * np.pi * one * at) for one in hertz], axis=0)
    return (level * waves / len(hertz)).astype(np.float32)


def ringing(seconds: float) -> Samples:
    """The ring-back of North America: two seconds of ringing, four of waiting."""
    once = np.concatenate([tone(2, 440, 480, level=0.2), silence(4)])
    times = -(-round(seconds * RATE) // len(once))
    return np.tile(once, times)[: round(seconds * RATE)]


def speech(seconds: float, rng: np.random.Generator, *, pitch: float = 120.0, level: float = 0.35) -> Samples:
    """Somebody speaks for so long, with the pauses of somebody who thinks. ``pitch`` in hertz."""
    parts: list[Samples] = []
    left, syllables = round(seconds * RATE), int(rng.integers(5, 12))
    while left > 0:
        if syllables == 0:
            parts.append(hum(rng.uniform(0.25, 0.6), rng))
            syllables = int(rng.integers(5, 12))
        else:
            parts.append(_syllable(rng, pitch * rng.uniform(0.9, 1.15)))
            syllables -= 1
        left -= len(parts[-1])
    said = np.concatenate(parts)[: round(seconds * RATE)]
    return (level * said / max(float(np.abs(said).max()), 1e-6)).astype(np.float32)


def _syllable(rng: np.random.Generator, pitch: float) -> Samples:
    """A hiss, then a vowel that glides into another."""
    hiss = rng.normal(0, 1, round(rng.uniform(0.02, 0.06) * RATE))
    hiss = np.diff(hiss, prepend=0.0) * 0.06
    count = round(rng.uniform(0.11, 0.24) * RATE)
    share = np.linspace(0, 1, count)
    hertz = pitch * (1.06 - 0.12 * share) * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * share))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    one, other = (np.array(_VOWELS[place], float) for place in rng.choice(len(_VOWELS), 2))
    formants = one[:, None] * (1 - share) + other[:, None] * share
    vowel = np.zeros(count)
    for number in range(1, int(_HIGHEST_HZ / pitch)):
        strength = sum(
            level / (1 + ((number * hertz - formant) / width) ** 2)
            for level, formant, width in zip(_LEVELS, formants, _WIDTHS, strict=True)
        )
        vowel += strength * np.sin(number * phase) / number**0.3
    envelope = np.minimum(1, np.minimum(share, 1 - share) * 8)
    return np.concatenate([hiss, vowel * envelope]).astype(np.float32)


def after_each_other(*parts: Samples) -> Samples:
    """One sound after the other."""
    return np.concatenate(parts)


def side_by_side(first: Samples, second: Samples) -> NDArray[np.float32]:
    """Two channels; the shorter one goes on in silence."""
    count = max(len(first), len(second))
    return np.stack([np.pad(one, (0, count - len(one))) for one in (first, second)], axis=1)
