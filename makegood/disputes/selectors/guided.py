"""Guided disputes as their author sees them: one, those that wait, the bills that one can begin with, who can take it
over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from makegood.billing.models import Charge, Invoice
from makegood.billing.selectors import Bill, bills_of, charges_visible_to, invoices_visible_to, standing
from makegood.billing.states import InvoiceStatus
from makegood.disputes.models import GuidedDispute
from makegood.disputes.policy.guided import GuidedState, GuidedStep, Said, said_of
from makegood.disputes.selectors.rows import DisputeRow, rows_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Origin, Stage
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Customer, Program, User
from makegood.parties.selectors import customers_visible_to, people_who, principal_of
from makegood.parties.states import Verb

MOST_DRAFTS = 50


@dataclass(frozen=True)
class Filed:
    """What came of one line: the number of its dispute, or why it was left out."""

    charge_id: int
    ok: bool
    number: str
    code: str
    message: str

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


@dataclass(frozen=True)
class Guided:
    """A guided dispute. ``number`` is that of the whole, once it is submitted."""

    id: int
    public_id: str
    customer_id: int
    customer: str
    customer_number: str
    program_id: int | None
    invoice_id: int | None
    invoice_number: int | None
    step: GuidedStep
    said: Said
    state: GuidedState
    version: int
    author_id: int
    modified_at: datetime
    submitted_at: datetime | None
    filed: tuple[Filed, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.state is GuidedState.OPEN

    @property
    def number(self) -> str:
        """The number of the whole, such as ``D-10003``; empty before it is submitted."""
        first = next((one.number for one in self.filed if one.ok), "")
        return first.partition(".")[0]

    @property
    def number_only(self) -> str:
        """The same without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


@dataclass(frozen=True)
class BillOffered:
    """A bill to begin with: how it differs from the one before, and how many of its charges are disputed already."""

    bill: Bill
    change: Money | None
    disputed: int
    lines: int


def guided_visible_to(principal: Principal) -> QuerySet[GuidedDispute]:
    """One's own guided disputes of customers in scope."""
    if not principal.can(Verb.DISPUTE_CREATE):
        return GuidedDispute.objects.none()
    return GuidedDispute.objects.filter(author=principal.id or 0, customer__in=customers_visible_to(principal))


def origin_of(principal: Principal) -> Origin:
    """Who files in the guided flow: the customer's own people, or a representative for them."""
    return Origin.BUYER if principal.customer_id is not None else Origin.CSR


def customer_called(principal: Principal, customer_id: int) -> Customer:
    """The customer. Raises NotFound for one that does not exist or is out of scope."""
    found = customers_visible_to(principal).filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def guided(principal: Principal, customer_id: int, public_id: str) -> Guided:
    """One guided dispute of a customer. Raises NotFound for one that is not the principal's."""
    rows = guided_visible_to(principal).filter(customer=customer_id, public_id=public_id)
    row = rows.select_related("customer", "invoice").first()
    if row is None:
        raise NotFound()
    return seen(row)


def seen(row: GuidedDispute) -> Guided:
    """A row with its customer and invoice at hand."""
    return Guided(
        id=row.pk,
        public_id=row.public_id,
        customer_id=row.customer_id,
        customer=row.customer.name,
        customer_number=row.customer.number,
        program_id=row.program_id,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice.number if row.invoice else None,
        step=GuidedStep(row.step),
        said=said_of(row.said),
        state=GuidedState(row.state),
        version=row.version,
        author_id=row.author_id,
        modified_at=row.modified_at,
        submitted_at=row.submitted_at,
        filed=tuple(_filed(one) for one in row.filed),
    )


def _filed(one: Mapping[str, Any]) -> Filed:
    return Filed(one["charge"], one["ok"], one.get("number", ""), one.get("code", ""), one.get("message", ""))


def filed_under(principal: Principal, submission: str) -> GuidedDispute | None:
    """One's own guided dispute that filed a submission (its public id)."""
    return guided_visible_to(principal).filter(submission__public_id=submission).first()


def filed_rows(principal: Principal, guided: Guided) -> list[DisputeRow]:
    """The disputes that came of it, as they stand now, by line."""
    labels = [one.number for one in guided.filed if one.ok]
    found = disputes_visible_to(principal).filter(label__in=labels)
    return rows_of(principal, list(found.order_by("number", "line")))


def drafts_of(principal: Principal, customer_id: int | None = None) -> list[Guided]:
    """One's own guided disputes that wait to be gone on with, the latest first; of one customer, or of all."""
    found = guided_visible_to(principal).filter(state=GuidedState.OPEN)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    rows = found.select_related("customer", "invoice").order_by("-modified_at", "-pk")
    return [seen(row) for row in rows[:MOST_DRAFTS]]


def issued_bill(principal: Principal, customer_id: int, number: int) -> Invoice | None:
    """An invoice of a customer in scope, issued or not; None where there is none of that number."""
    return invoices_visible_to(principal).filter(customer=customer_id, number=number).first()


def is_issued(status: str) -> bool:
    """Whether an invoice went out."""
    return status != InvoiceStatus.DRAFT


def program_of_bill(principal: Principal, invoice_id: int) -> Program | None:
    """The program that most charges of a bill in scope belong to; None for a bill without charges."""
    found = charges_visible_to(principal).filter(invoice=invoice_id).values("program").annotate(n=Count("pk"))
    first = found.order_by("-n", "program").first()
    return Program.objects.get(pk=first["program"]) if first else None


def bills_offered(principal: Principal, customer_id: int) -> list[BillOffered]:
    """The issued bills of a customer in scope, the newest first."""
    bills = [bill for bill in bills_of(principal, customer_id) if is_issued(bill.status)]
    ids = [bill.id for bill in bills]
    open_ones = disputes_visible_to(principal).filter(charge__invoice__in=ids, closed_at__isnull=True)
    open_ones = open_ones.exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
    disputed = Counter(open_ones.values_list("charge__invoice_id", flat=True))
    charges = standing(charges_visible_to(principal)).filter(invoice__in=ids).values("invoice_id")
    lines = {row["invoice_id"]: row["n"] for row in charges.annotate(n=Count("pk"))}
    return [
        BillOffered(bill, _change(bill, bills[place + 1 :]), disputed[bill.id], lines.get(bill.id, 0))
        for place, bill in enumerate(bills)
    ]


def _change(bill: Bill, older: Sequence[Bill]) -> Money | None:
    """How much more the bill is than the one before in its currency."""
    before = next((one.total for one in older if one.currency == bill.currency and one.total is not None), None)
    return bill.total - before if bill.total is not None and before is not None else None


def charges_of_bill(principal: Principal, invoice_id: int, program_id: int | None) -> QuerySet[Charge]:
    """The charges of a bill that are in scope and belong to one program, as they stand after corrections."""
    return standing(charges_visible_to(principal)).filter(invoice=invoice_id, program=program_id)


def may_take_over(principal: Principal, customer_id: int, user_id: int | None = None) -> list[User]:
    """The other representatives who file disputes and see the customer; ``user_id`` asks for one.

    Nobody for a customer's own people: they are not told who works here.
    """
    if principal.customer_id is not None:
        return []
    people = [one for one in people_who(Verb.DISPUTE_CREATE, user_id) if one.pk != principal.id]
    return [one for one in people if one.customer_id is None and _sees(principal_of(one), customer_id)]


def _sees(principal: Principal, customer_id: int) -> bool:
    return principal.scope.everything or customers_visible_to(principal).filter(pk=customer_id).exists()
