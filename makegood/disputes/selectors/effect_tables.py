"""What decisions would do, for the page: before, change, after for buyer, vendor and margin. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.disputes.entries import DecisionItem
from makegood.disputes.selectors.effects import EffectLine, effects
from makegood.disputes.states import DecisionKind
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.states import Verb


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


def _money(micros: int, currency: str) -> Money:
    return Money(micros, currency)


def table_of(principal: Principal, line: EffectLine, kind: DecisionKind) -> EffectTable:
    """The table of one decision; vendor and margin for those who see payouts alone."""
    buyer, payout = line.currency, line.payout_currency
    charged = line.billed_micros - line.credited_micros
    paid = line.payout_micros - line.clawed_micros
    rows = [EffectRow("Buyer is charged", "buyer", *_change(charged, -line.credit_micros, buyer))]
    pays = principal.can(Verb.PAYOUT_VIEW)
    if pays:
        rows.append(EffectRow("Vendor is paid", "vendor", *_change(paid, -line.clawback_micros, payout)))
    if pays and line.same_currency:
        rows.append(EffectRow("Margin", "margin", *_change(line.margin_before, line.margin_change, buyer)))
    elif pays:
        rows.append(EffectRow("Margin", "margin", None, None, None))
    tax = _money(line.tax_micros, buyer)
    return EffectTable(kind, tuple(rows), _money(line.credit_micros, buyer), tax, line.code, line.message)


def _change(before: int, change: int, currency: str) -> tuple[Money, Money, Money]:
    return _money(before, currency), _money(change, currency), _money(before + change, currency)


def effect_tables(
    principal: Principal, dispute_id: int, partial_micros: int | None, clawback_micros: int | None = None
) -> tuple[EffectTable, ...]:
    """What accepting, accepting in part and rejecting would do; without an amount the part has no table.

    ``clawback_micros``, in the payout's currency, stands in place of what the rule takes back from the vendor.
    """
    kinds = [DecisionKind.ACCEPT, DecisionKind.REJECT]
    if partial_micros is not None:
        kinds.insert(1, DecisionKind.PARTIAL)
    items = [
        DecisionItem(
            dispute_id,
            kind,
            partial_micros if kind is DecisionKind.PARTIAL else None,
            clawback_micros=None if kind is DecisionKind.REJECT else clawback_micros,
        )
        for kind in kinds
    ]
    lines = effects(principal, items=items).lines
    return tuple(table_of(principal, line, kind) for line, kind in zip(lines, kinds, strict=True))


def paid_now(principal: Principal, dispute_id: int) -> Money:
    """What the vendor keeps of the payout as it stands; nothing for a dispute out of scope. Whoever asks shows none of
    it to those who do not see payouts.
    """
    (line,) = effects(principal, items=[DecisionItem(dispute_id, DecisionKind.REJECT)]).lines
    return Money(line.payout_micros - line.clawed_micros, line.payout_currency)
