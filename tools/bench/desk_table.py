"""What the manager's pages took, as a table, and whether each keeps its bound."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = (
    f"     {'page':<28} {'requests':>8} {'p50 ms':>7} {'p95 ms':>7} {'CPU ms':>7} {'statements':>10} {'by hand':>8}"
    f" {'ratio':>6}"
)


@dataclass(frozen=True)
class Timed:
    """How long a page took: every request in whole milliseconds, sorted; the median of this process's own work on it;
    how many statements it asked; and the milliseconds that the same takes in hand-written SQL (0: none is written).
    """

    name: str
    each_ms: Sequence[int]
    cpu_ms: int
    statements: int
    by_hand_ms: float
    bound_ms: int

    @property
    def median(self) -> int:
        """The time that half of the requests took at most."""
        return int(statistics.median(self.each_ms))

    @property
    def p95(self) -> int:
        """The time that 95 of 100 requests took at most."""
        return self.each_ms[len(self.each_ms) * 95 // 100]

    @property
    def holds(self) -> bool:
        """Whether the bound is kept."""
        return self.p95 <= self.bound_ms

    def line(self) -> str:
        """One line for a terminal, under HEAD."""
        by_hand = self.by_hand_ms
        beside = f"{by_hand:>8.1f} {self.median / by_hand:>6.1f}" if by_hand else f"{'-':>8} {'-':>6}"
        return (
            f"{'ok  ' if self.holds else 'MISS'} {self.name:<28} {len(self.each_ms):>8} {self.median:>7} {self.p95:>7}"
            f" {self.cpu_ms:>7} {self.statements:>10} {beside}"
        )
