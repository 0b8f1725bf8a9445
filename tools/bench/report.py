"""What a measure answers, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """Ours beside hand-written SQL; seconds are medians of the runs, ``target`` is the least ratio wanted."""

    name: str
    items: int
    ours_s: float
    by_hand_s: float
    target: float
    remarks: str = ""
    holds_besides: bool = True

    @property
    def ratio(self) -> float:
        """Throughput of ours as a part of hand-written SQL's; above 1 is faster."""
        return self.by_hand_s / self.ours_s

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.ratio >= self.target and self.holds_besides

    def line(self) -> str:
        """One line for a terminal."""
        verdict = "ok  " if self.holds else "MISS"
        return (
            f"{verdict} {self.name}: {self.items:,} in {self.ours_s:.2f} s ({self.items / self.ours_s:,.0f}/s),"
            f" by hand {self.by_hand_s:.2f} s, ratio {self.ratio:.2f} (target {self.target}){self.remarks}"
        )
