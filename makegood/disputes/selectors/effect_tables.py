"""What decisions would do, for the page: before, change, after for buyer, vendor and margin. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.disputes.entries import DecisionItem
from makegood.disputes.selectors.effects import EffectLine, Effects, effects
from makegood.disputes.states import DecisionKind
from makegood.kernel.money import Money
from makegood.parties.entries import Principal

LARGEST = 5


@dataclass(frozen=True)
class EffectRow:
    """One party's line; ``change`` and ``after`` are None where two currencies would have to be added."""

    party: str
    key: str
    before: Money | None
    change: Money | None
    after: Money | None


@dataclass(frozen=True)
class EffectTable:
    """One decision: the three parties' lines, the tax that goes with the credit, or why it is not possible."""

    kind: DecisionKind
    rows: tuple[EffectRow, ...]
    credit: Money
    tax: Money
    code: str
    message: str


@dataclass(frozen=True)
class SumRow:
    """A bulk decision's sums for one pair of currencies; ``margin`` is None when they differ."""

    currency: str
    count: int
    credit: Money
    tax: Money
    clawback: Money
    margin: Money | None


@dataclass(frozen=True)
class Share:
    """How many of the decisions concern one vendor or reason."""

    label: str
    count: int


@dataclass(frozen=True)
class Largest:
    """One of the largest credits of a bulk decision."""

    number: str
    credit: Money
    customer: str


@dataclass(frozen=True)
class Preview:
    """A bulk decision before it is made."""

    count: int
    sums: tuple[SumRow, ...]
    excluded: tuple[EffectLine, ...]
    vendors: tuple[Share, ...]
    reasons: tuple[Share, ...]
    largest: tuple[Largest, ...]
    going: tuple[EffectLine, ...]


def _money(micros: int, currency: str) -> Money:
    return Money(micros, currency)


def table_of(line: EffectLine, kind: DecisionKind) -> EffectTable:
    """The table of one decision."""
    buyer, payout = line.currency, line.payout_currency
    charged = line.billed_micros - line.credited_micros
    paid = line.payout_micros - line.clawed_micros
    rows = [
        EffectRow("Buyer is charged", "buyer", *_change(charged, -line.credit_micros, buyer)),
        EffectRow("Vendor is paid", "vendor", *_change(paid, -line.clawback_micros, payout)),
    ]
    if line.same_currency:
        rows.append(EffectRow("Margin", "margin", *_change(line.margin_before, line.margin_change, buyer)))
    else:
        rows.append(EffectRow("Margin", "margin", None, None, None))
    tax = _money(line.tax_micros, buyer)
    return EffectTable(kind, tuple(rows), _money(line.credit_micros, buyer), tax, line.code, line.message)


def _change(before: int, change: int, currency: str) -> tuple[Money, Money, Money]:
    return _money(before, currency), _money(change, currency), _money(before + change, currency)


def effect_tables(principal: Principal, dispute_id: int, partial_micros: int | None) -> tuple[EffectTable, ...]:
    """What accepting, accepting in part and rejecting would do; without an amount the part has no table."""
    kinds = [DecisionKind.ACCEPT, DecisionKind.REJECT]
    if partial_micros is not None:
        kinds.insert(1, DecisionKind.PARTIAL)
    items = [DecisionItem(dispute_id, kind, partial_micros if kind is DecisionKind.PARTIAL else None) for kind in kinds]
    lines = effects(principal, items=items).lines
    return tuple(table_of(line, kind) for line, kind in zip(lines, kinds, strict=True))


def _shares(labels: Sequence[str]) -> tuple[Share, ...]:
    counts = {label: labels.count(label) for label in set(labels)}
    return tuple(Share(label or "none", n) for label, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _sums(found: Effects) -> tuple[SumRow, ...]:
    rows = []
    for total in found.totals:
        same = total.currency == total.payout_currency
        rows.append(
            SumRow(
                total.currency,
                total.count,
                _money(total.credit_micros, total.currency),
                _money(total.tax_micros, total.currency),
                _money(total.clawback_micros, total.payout_currency),
                _money(total.clawback_micros - total.credit_micros, total.currency) if same else None,
            )
        )
    return tuple(rows)


def preview(principal: Principal, items: Sequence[DecisionItem]) -> Preview:
    """What a bulk decision would do: sums per currency, what is left out and why, and where it concentrates."""
    found = effects(principal, items=items)
    going = found.going
    top = sorted(going, key=lambda line: (-line.credit_micros, line.number))[:LARGEST]
    return Preview(
        count=len(going),
        sums=_sums(found),
        excluded=found.excluded,
        vendors=_shares([line.vendor for line in going]),
        reasons=_shares([line.reason for line in going]),
        largest=tuple(
            Largest(line.number, _money(line.credit_micros, line.currency), line.customer)
            for line in top
            if line.credit_micros
        ),
        going=going,
    )
