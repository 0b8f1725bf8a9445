"""A bill as the source document has it: invoice 1984950 with feature 10986 and usage record 465320."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from makegood.billing.models import BillPeriod, Charge, Invoice, InvoiceCategory, Service
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.disputes.models import Dispute, Resolution
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Customer, Program
from tests.api_client import UNCOUNTED, Answer, ApiClient
from tests.refusals import unchanged
from tests.world import World

INVOICE, FEATURE, USAGE = 1984950, 10986, 465320
WORDS = "The customer says they shouldn't have been charged"
KEYS = [
    "adjustmentAmount", "adjustmentID", "amount", "billPeriodID", "closeDate", "description", "disputeID",
    "disputeDate", "feature", "featureID", "invoiceCategoryid", "invoiceNumber", "lastModifiedDate", "lastModifiedUser",
    "resolution", "resolutionID", "reversalAdjustmentID", "reversalFeeAdjustmentID", "serviceID", "serviceNumber",
    "usageBatchID",
    "usageRecordNumber",
]  # fmt: skip
"""The 22 members in the order of the source document."""


def nothing_changed() -> AbstractContextManager[None]:
    """Nothing in the database differs after the block, but for what counts how often a token was used."""
    return unchanged(but=UNCOUNTED)


@dataclass(frozen=True)
class Bill:
    """One bill of a customer under the program of billing disputes."""

    world: World
    program: Program
    customer: Customer
    invoice: Invoice
    service: Service

    @property
    def path(self) -> str:
        """Where the customer's disputes are."""
        return f"/api/customer/{self.customer.pk}/dispute"

    def charge(self, **facts: Any) -> Charge:
        """Another item on the bill, billed 9.99; a feature unless a usage number is given."""
        is_usage = "usage_id" in facts
        kind = ChargeKind.USAGE if is_usage else ChargeKind.INVOICE_FEATURE
        about: dict[str, Any] = {
            "program": self.program,
            "vendor": None,
            "customer": self.customer,
            "kind": kind,
            "subkind": Subkind.DATA if is_usage else Subkind.RECURRING,
            "invoice": self.invoice,
            "invoice_number": self.invoice.number,
            "service": self.service,
            "billed_micros": 9_990_000,
            "payout_micros": 0,
            "usage_id": None,
            "feature_label": "" if is_usage else "MONTHLY FEE",
        }
        return self.world.charge(**{**about, **facts})

    def body(self, **facts: Any) -> dict[str, Any]:
        """A claim on the feature."""
        claim = {"invoiceNumber": INVOICE, "amount": 4.95, "description": WORDS, "featureID": FEATURE}
        return {name: value for name, value in {**claim, **facts}.items() if value is not ...}

    def filed(self, client: ApiClient, **facts: Any) -> Filed:
        """A dispute on the feature (or what ``facts`` say), through the service."""
        answer = client.post(self.path, self.body(**facts))
        assert answer.status == 201, answer.json
        return Filed(self, client, answer.json["disputeID"])

    def resolution(self, code: str) -> int:
        """The number of a resolution."""
        return Resolution.objects.get(program=self.program, code=code).pk


@dataclass(frozen=True)
class Filed:
    """A dispute that was filed, and who works it."""

    bill: Bill
    client: ApiClient
    number: int

    @property
    def path(self) -> str:
        """Its address."""
        return f"{self.bill.path}/{self.number}"

    @property
    def row(self) -> Dispute:
        """Its row as it stands."""
        return Dispute.objects.get(number=self.number, line=0)

    def post(self, verb: str, body: Any = None, **options: Any) -> Answer:
        """One of the calls that work it."""
        return self.client.post(f"{self.path}/{verb}", body, **options)

    def patch(self, *operations: Any, **options: Any) -> Answer:
        """A patch document of some operations."""
        return self.client.patch(self.path, list(operations), **options)

    def go(self, *verbs: str) -> Filed:
        """Work it so far."""
        for verb in verbs:
            answer = self.post(verb, {})
            assert answer.status < 300, (verb, answer.json)
        return self


def replace(member: str, value: Any) -> dict[str, Any]:
    """A replace operation."""
    return {"op": "replace", "path": f"/{member}", "value": value}


def build_bill(world: World) -> Bill:
    """The bill; the caller has made the world."""
    program = operations.install_preset(
        SYSTEM, preset_key="telecom_billing", key=f"bills-{world.program.pk}", name="Bills", currency="USD"
    )
    customer = world.customer
    period = BillPeriod.objects.create(
        customer=customer, number=21180214, starts_on=date(2018, 2, 1), ends_on=date(2018, 3, 1)
    )
    invoice = Invoice.objects.create(
        number=INVOICE,
        customer=customer,
        bill_period=period,
        category=InvoiceCategory.objects.create(code="STANDARD", name="Standard"),
        currency="USD",
        issued_at=clock.now() - timedelta(days=3),
        usage_alias="2018-02",
    )
    service = Service.objects.create(customer=customer, number="1234567890")
    bill = Bill(world, program, customer, invoice, service)
    bill.charge(feature_id=FEATURE)
    bill.charge(usage_id=USAGE, usage_batch_id=77, billed_micros=1_500_000)
    return bill
