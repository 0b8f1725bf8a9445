"""What a customer owes as far as bills, payments and credits tell.

Nothing is guessed: what the figures cannot know is said beside them, in sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import F, QuerySet, Sum

from makegood.billing.selectors import charges_visible_to
from makegood.billing.selectors.issued import IssuedBill, credits_on_bills, issued_bills, owed_sums
from makegood.billing.selectors.payments import Paid, paid_by
from makegood.billing.states import InvoiceStatus
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.kernel.money import Money
from makegood.ledger.models import Adjustment
from makegood.parties.entries import Principal

_LOOKED_AT = 1_000
_APART = "Charges that were billed one by one, without a bill, are not in it."


@dataclass(frozen=True)
class Balance:
    """What a customer owes in one currency: bills less payments less credits posted here. ``called_paid`` is what
    bills without any payment here are worth that their source calls paid. ``unknown`` are sentences about what the
    figures cannot know."""

    bills: int
    billed: Money
    payments: int
    paid: Money
    called_paid: Money
    credited: Money
    unknown: tuple[str, ...] = ()

    @property
    def left(self) -> Money:
        """What is owed; below zero the customer is owed."""
        return self.billed - self.paid - self.called_paid + self.credited


def balances(principal: Principal, customer_id: int, bills: Sequence[IssuedBill] | None = None) -> list[Balance]:
    """What a customer in scope owes, per currency that it was billed, paid or credited in. ``bills`` are its issued
    ones, where somebody has read them already."""
    billed, paid = owed_sums(principal, customer_id), paid_by(principal, customer_id)
    credited, on_bills = _credited(principal, customer_id), credits_on_bills(principal, customer_id)
    bills = issued_bills(principal, customer_id) if bills is None else bills
    apart = _apart(principal, customer_id) if {*billed, *paid, *credited} else frozenset()
    found = []
    for code in sorted({*billed, *paid, *credited}):
        nothing = Money(0, code)
        count, total = billed.get(code, (0, nothing))
        received = paid.get(code) or Paid(0, nothing, nothing)
        one = Balance(count, total, received.count, received.total, nothing, credited.get(code, nothing))
        in_it = [bill for bill in bills if bill.bill.currency == code]
        one = _said(one, received, on_bills.get(code, nothing), in_it)
        found.append(replace(one, unknown=(*one.unknown, _APART)) if code in apart else one)
    return found


def _said(one: Balance, received: Paid, given: Money, bills: Sequence[IssuedBill]) -> Balance:
    """The balance with what is not known about it."""
    code, unknown = one.billed.currency, []
    called = [bill for bill in bills if bill.bill.status == InvoiceStatus.PAID and bill.paid < bill.total]
    missing = sum((bill.total - bill.paid for bill in called), Money(0, code))
    if one.bills and not received.count:
        one = replace(one, called_paid=missing)
        unknown.append(
            "No payment was imported. Bills that their source calls paid are taken as paid, all others as open."
        )
    elif called:
        unknown.append(
            f"{_bills(len(called))} called paid by the source without a payment here that says so: if a payment"
            f" is missing, the balance is {missing} lower."
        )
    unstated = sum(not bill.is_stated for bill in bills)
    if unstated:
        unknown.append(f"{_bills(unstated)} without a total of their own; the sum of the lines counts.")
    if one.credited and given:
        unknown.append(
            f"Bills gave back {given} in lines of their own. Where such a line is a credit that was decided here, it"
            " counts twice."
        )
    return replace(one, unknown=tuple(unknown))


def _bills(count: int) -> str:
    return "1 bill is" if count == 1 else f"{count:,} bills are"


def _apart(principal: Principal, customer_id: int) -> frozenset[str]:
    """The currencies in which some of the latest charges were billed one by one, which no bill shows."""
    latest = charges_visible_to(principal).filter(customer_id=customer_id).order_by("-occurred_at", "-id")
    recent = charges_visible_to(principal).filter(pk__in=latest.values("pk")[:_LOOKED_AT])
    alone = recent.filter(billed_at__isnull=False, invoice__isnull=True).order_by()
    return frozenset(alone.values_list("currency", flat=True).distinct())


def adjustments_on_bills(principal: Principal, customer_id: int) -> QuerySet[Adjustment]:
    """Credits, reversals and fees about charges on bills of the customer itself; others change no bill."""
    disputed = disputes_visible_to(principal).filter(customer_id=customer_id, charge__invoice__isnull=False)
    return Adjustment.objects.filter(dispute_id__in=disputed.values("pk"))


def _credited(principal: Principal, customer_id: int) -> dict[str, Money]:
    """What they come to, with tax, by currency; a credit is below zero."""
    sums = adjustments_on_bills(principal, customer_id).order_by().values_list("currency")
    whole = sums.annotate(micros=Sum(F("amount_micros") + F("tax_micros")))
    return {currency: Money(micros, currency) for currency, micros in whole}
