"""Allocation splits integers at micro grain and loses nothing. (Rounding, which can lose, is in rounding.py.)"""

from __future__ import annotations

from collections.abc import Sequence


def share(whole: int, part: int, total: int) -> int:
    """``whole * part div total``, floored; all three in micros, ``0 <= part <= total``, ``total > 0``."""
    if not 0 <= part <= total or total <= 0:
        raise ValueError(f"a share of {part} in {total} does not exist")
    return whole * part // total


def cumulative_share(whole: int, credited: int, new: int, billed: int, given: int) -> int:
    """What a further credit of ``new`` gives of ``whole`` when ``given`` was given for ``credited`` before.

    Cumulative floor, so a fully credited charge returns exactly its tax and exactly its payout, in any
    order of partials and reversals. All in micros.
    """
    return max(0, share(whole, credited + new, billed) - given)


def largest_remainder(total: int, weights: Sequence[int], caps: Sequence[int] | None = None) -> list[int]:
    """Split ``total`` over lines in proportion to ``weights``, ties by place, summing exactly.

    ``caps`` bounds each line (what remains of it); what a full line cannot take goes to the others.
    All values are non-negative micros. Raises ValueError when the caps cannot hold the total or when
    no line has weight.
    """
    room = list(caps) if caps is not None else [total] * len(weights)
    if total < 0 or any(w < 0 for w in weights) or sum(room) < total:
        raise ValueError("the total does not fit into the lines")
    parts = [0] * len(weights)
    left = total
    while left:
        open_lines = [i for i, w in enumerate(weights) if w and parts[i] < room[i]]
        if not open_lines:
            raise ValueError("no line with weight can take the rest")
        for i, extra in zip(open_lines, _split(left, [weights[i] for i in open_lines]), strict=True):
            taken = min(extra, room[i] - parts[i])
            parts[i] += taken
            left -= taken
    return parts


def _split(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    floors = [total * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(floors)]:
        floors[i] += 1
    return floors
