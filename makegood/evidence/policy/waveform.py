"""Pure: the waveform of a recording as lowest and highest sample per stretch and channel, 8 bit, block by block."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from makegood.evidence.policy.resampling import Sound

PER_SECOND = 20
MOST_POINTS = 6_000
"""A longer recording gets coarser points."""
_SCALE = 127


class Peaks:
    """Collects peaks of sound of one rate; :meth:`document` writes them in audiowaveform's JSON, version 2."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._size = max(1, rate // PER_SECOND)
        self._kept: Sound = np.zeros((0, channels), np.float32)
        self._points: list[NDArray[np.int8]] = []

    def feed(self, block: Sound) -> None:
        """Take samples by channels."""
        held = np.concatenate([self._kept, block])
        whole = len(held) // self._size * self._size
        if whole:
            self._points.append(_extremes(held[:whole], self._size))
        self._kept = held[whole:]

    def document(self) -> bytes:
        """The peaks: for each point and channel its lowest and highest sample, -128 to 127."""
        if len(self._kept):
            self._points.append(_extremes(self._kept, len(self._kept)))
            self._kept = self._kept[:0]
        channels = self._kept.shape[1]
        points = np.concatenate(self._points) if self._points else np.zeros((0, channels, 2), np.int8)
        factor = -(-len(points) // MOST_POINTS) or 1
        if factor > 1:
            points = _coarser(points, factor)
        return json.dumps(
            {
                "version": 2,
                "channels": channels,
                "sample_rate": self._rate,
                "samples_per_pixel": self._size * factor,
                "bits": 8,
                "length": len(points),
                "data": points.reshape(-1).tolist(),
            },
            separators=(",", ":"),
        ).encode()


def _extremes(sound: Sound, size: int) -> NDArray[np.int8]:
    """Points by channels by (lowest, highest)."""
    steps = np.clip(np.rint(sound * _SCALE), -128, 127).astype(np.int8).reshape(-1, size, sound.shape[1])
    return np.stack([steps.min(axis=1), steps.max(axis=1)], axis=2)


def _coarser(points: NDArray[np.int8], factor: int) -> NDArray[np.int8]:
    rest = -len(points) % factor
    padded = np.concatenate([points, np.repeat(points[-1:], rest, axis=0)]) if rest else points
    groups = padded.reshape(-1, factor, *points.shape[1:])
    return np.stack([groups[..., 0].min(axis=1), groups[..., 1].max(axis=1)], axis=2)
