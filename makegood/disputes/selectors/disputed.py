"""What of a customer is in dispute now: open disputes by customer, by bill, by charge. Scope first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.rows import DisputeRow, rows_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Stage
from makegood.kernel.money import Money
from makegood.parties.entries import Principal

OPEN_STAGES = Q(stage__in=[*UNDECIDED, Stage.DECIDED])
"""Nothing is final yet: a decision whose undo window runs counts as open, too."""


@dataclass(frozen=True)
class InDispute:
    """How many disputes are open in one currency, and what they ask for together."""

    count: int
    asked: Money


def open_counts(principal: Principal, customer_ids: Sequence[int]) -> dict[int, int]:
    """How many disputes of some customers are open; customers without one are left out."""
    found = _open(principal).filter(customer_id__in=customer_ids).order_by()
    return dict(found.values_list("customer_id").annotate(Count("pk")))


def in_dispute(principal: Principal, customer_id: int) -> list[InDispute]:
    """What is in dispute of a customer, per currency."""
    return _sums(_open(principal).filter(customer_id=customer_id))


def in_dispute_by_bill(principal: Principal, customer_id: int) -> dict[int, InDispute]:
    """What is in dispute of each bill of a customer, by the bill's id; usage records of the bill included."""
    found = _open(principal).filter(customer_id=customer_id, charge__invoice__isnull=False).order_by()
    sums = found.values_list("charge__invoice_id", "currency").annotate(Count("pk"), Sum("amount_micros"))
    return {invoice: InDispute(count, Money(asked, currency)) for invoice, currency, count, asked in sums}


def in_dispute_on_bill(principal: Principal, customer_id: int, invoice_id: int) -> InDispute | None:
    """What is in dispute of one bill of a customer; None where nothing is."""
    found = _sums(_open(principal).filter(customer_id=customer_id, charge__invoice_id=invoice_id))
    return found[0] if found else None


def disputes_on_bill(principal: Principal, customer_id: int, invoice_id: int, most: int) -> list[DisputeRow]:
    """The disputes about charges of a bill, open or decided, the newest first; drafts and withdrawn ones left out."""
    found = disputes_visible_to(principal).filter(customer_id=customer_id, charge__invoice_id=invoice_id)
    told = found.exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
    return rows_of(principal, list(told.order_by("-id")[:most]))


def _open(principal: Principal) -> QuerySet[Dispute]:
    return disputes_visible_to(principal).filter(OPEN_STAGES)


def _sums(disputes: QuerySet[Dispute]) -> list[InDispute]:
    sums = disputes.order_by().values_list("currency").annotate(Count("pk"), Sum("amount_micros"))
    return [InDispute(count, Money(asked, currency)) for currency, count, asked in sorted(sums)]
