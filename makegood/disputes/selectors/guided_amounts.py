"""Amounts for all lines of a guided dispute at once: the same percentage of each, or one total split over them."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.disputes.errors import AmountExceedsRemaining, AmountNotPositive
from makegood.disputes.selectors.guided_lines import Chosen
from makegood.kernel.allocation import largest_remainder
from makegood.kernel.errors import BadAmount
from makegood.kernel.money import format_money, plain
from makegood.kernel.typed_amounts import typed_amount


def same_percent(lines: Sequence[Chosen], text: str) -> dict[int, str]:
    """What the field of each line says for so many percent of what is left of it, rounded in the buyer's favor.

    Raises BadAmount for what is no percentage.
    """
    percent = text.strip().removesuffix("%").strip()
    if not percent.replace(".", "", 1).isdecimal():
        raise BadAmount(text=text)
    found = {}
    for line in lines:
        if line.terms is not None:
            micros = line.terms.asked(f"{percent}%") or 0
            found[line.charge_id] = plain(micros, line.terms.remaining.currency)
    return found


def split_total(lines: Sequence[Chosen], text: str) -> dict[int, str]:
    """The parts of a total in proportion to what is left of each line, to the micro.

    Raises BadAmount, AmountTooFine, AmountNotPositive, and AmountExceedsRemaining for more than may be asked for.
    """
    open_lines = [(line.charge_id, line.terms) for line in lines if line.terms is not None]
    if not open_lines:
        return {}
    currency = open_lines[0][1].remaining.currency
    most = [terms.most.micros for _, terms in open_lines]
    total = typed_amount(text, whole=sum(most), remaining=sum(most), currency=currency)
    if total <= 0:
        raise AmountNotPositive()
    if total > sum(most):
        raise AmountExceedsRemaining(remaining=format_money(sum(most), currency))
    parts = largest_remainder(total, most, most)
    return {pk: plain(part, currency) for (pk, _), part in zip(open_lines, parts, strict=True)}
