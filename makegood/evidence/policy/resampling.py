"""Pure: sound of any rate to another rate, block by block, through a windowed sinc (polyphase, linear phase)."""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""Samples by channels, from -1 to 1."""

_CROSSINGS = 16
"""Zero crossings of the sinc on each side."""
_PASSED = 0.94
"""The part of the lower Nyquist frequency that is kept."""
_KAISER = 8.6


class Resampler:
    """Turns blocks of ``rate_in`` into blocks of ``rate_out``; :meth:`flush` gives what is left."""

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        common = gcd(rate_in, rate_out)
        self._up, self._down = rate_out // common, rate_in // common
        cutoff = min(1.0, self._up / self._down) * _PASSED
        self._half = ceil(_CROSSINGS / cutoff)
        self._bank = _bank(self._up, self._half, cutoff)
        # The first output lies on the first input, which needs as much in front of it as behind.
        self._kept: Sound = np.zeros((self._half - 1, channels), np.float32)
        self._base = 0
        self._in = self._out = 0

    def feed(self, block: Sound) -> Sound:
        """The outputs that the inputs so far tell."""
        self._in += len(block)
        return self._take(block)

    def flush(self) -> Sound:
        """The last outputs; as many in all as the inputs last."""
        rest = self._take(np.zeros((self._half + 1, self._kept.shape[1]), np.float32))
        surplus = self._out - ceil(self._in * self._up / self._down)
        return rest[: len(rest) - surplus] if surplus > 0 else rest

    def _take(self, block: Sound) -> Sound:
        self._kept = np.concatenate([self._kept, block.astype(np.float32, copy=False)])
        width = 2 * self._half
        windows = len(self._kept) - width + 1
        # Outputs n whose first input n * down // up - base has a whole window.
        end = max(self._out, ceil((self._base + windows) * self._up / self._down)) if windows > 0 else self._out
        places = np.arange(self._out, end, dtype=np.int64) * self._down
        if not len(places):
            return np.zeros((0, self._kept.shape[1]), np.float32)
        views = sliding_window_view(self._kept, width, axis=0)[places // self._up - self._base]
        made: Sound = np.einsum("nct,nt->nc", views, self._bank[places % self._up]).astype(np.float32)
        self._out = end
        done = end * self._down // self._up - self._base
        self._kept = self._kept[done:]
        self._base += done
        return made


def _bank(up: int, half: int, cutoff: float) -> NDArray[np.float32]:
    """The filter of each phase: weights of 2 x half inputs around the output."""
    distance = np.arange(2 * half)[None, :] - (half - 1) - np.arange(up)[:, None] / up
    window = np.i0(_KAISER * np.sqrt(np.clip(1 - (distance / half) ** 2, 0, None))) / np.i0(_KAISER)
    weights = np.sinc(cutoff * distance) * window
    bank: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return bank
