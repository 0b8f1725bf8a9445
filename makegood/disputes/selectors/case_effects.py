"""What a step of a case does to buyer, vendor and margin: before, change, after. For the page; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from makegood.disputes.entries import Foreseen
from makegood.disputes.selectors.detail import DisputeDetail
from makegood.disputes.selectors.effect_tables import EffectRow
from makegood.kernel.money import Money
from makegood.ledger.selectors import balance_of, fees_of
from makegood.parties.entries import Principal
from makegood.parties.states import Verb


@dataclass(frozen=True)
class StepEffect:
    """The three parties' lines, the tax beside them, or why the step is not possible.

    ``credit`` is what the buyer gets back (negative: is charged), ``clawback`` what is taken from the vendor. ``seen``
    names the figures, so that a confirmation says which it was given for. Without ``payout.view`` the lines of vendor
    and margin are left out.
    """

    rows: tuple[EffectRow, ...]
    credit: Money
    tax: Money
    clawback: Money
    code: str
    message: str
    seen: str

    @property
    def shown(self) -> Money:
        """How much the buyer is credited or charged, without its sign."""
        return Money(abs(self.credit.micros), self.credit.currency)

    @property
    def moves(self) -> bool:
        """Whether money would move."""
        return bool(self.credit or self.tax or self.clawback)


def step_effect(principal: Principal, detail: DisputeDetail, said: Foreseen) -> StepEffect:
    """The table of one step, from what its own rules foresee."""
    currency, payout_currency = detail.currency, said.payout_currency or detail.payout_currency
    charged, paid = _before(detail)
    clawback = Money(said.clawback_micros, payout_currency)
    rows = [_row("Buyer is charged", "buyer", charged, -said.credit_micros, currency)]
    if principal.can(Verb.PAYOUT_VIEW):
        rows.append(_row("Vendor is paid", "vendor", paid, -said.clawback_micros, payout_currency))
        if currency == payout_currency:
            margin = said.clawback_micros - said.credit_micros
            rows.append(_row("Margin", "margin", charged - paid, margin, currency))
        else:
            rows.append(EffectRow("Margin", "margin", None, None, None))
    return StepEffect(
        rows=tuple(rows),
        credit=Money(said.credit_micros, currency),
        tax=Money(said.tax_micros, currency),
        clawback=clawback,
        code=said.code,
        message=said.message,
        seen=f"{said.credit_micros}:{said.tax_micros}:{said.clawback_micros}",
    )


def _before(detail: DisputeDetail) -> tuple[int, int]:
    """What the buyer is charged for the item now, fees included, and what the vendor is paid for it; micros."""
    try:
        balance = balance_of(detail.charge_id)
    except ObjectDoesNotExist:
        return 0, 0
    charged = balance.billed_micros - balance.credited_micros + fees_of(detail.charge_id)
    return charged, balance.payout_micros - balance.clawed_micros


def _row(party: str, key: str, before: int, change: int, currency: str) -> EffectRow:
    return EffectRow(party, key, Money(before, currency), Money(change, currency), Money(before + change, currency))
