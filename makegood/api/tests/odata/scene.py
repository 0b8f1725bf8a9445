"""A telecom bill, calls without a bill and disputes in many states: enough rows that every property takes both a value
and, where it can, null."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from makegood.billing.models import BillPeriod, Charge, Invoice, InvoiceCategory, Service
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, DecisionItem, FeeItem, Ref, ReverseItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind, Door
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer
from makegood.parties.operations import change_settings
from tests.world import World

ISSUED = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
ALIAS = "U-2026-02"


@dataclass
class Scene:
    """The rows: ``bill`` is the first customer's, ``other_bill`` the second's; both have the same usage alias."""

    world: World
    buyer: Principal
    other_buyer: Principal
    manager: Principal
    bill: Invoice
    other_bill: Invoice

    def usage(self, bill: Invoice | None = None, number: int = 0, **facts: Any) -> Charge:
        """A usage record on a bill."""
        on = bill or self.bill
        at = ISSUED - timedelta(days=2, minutes=number)
        given = {
            "customer": on.customer,
            "invoice": on,
            "invoice_number": on.number,
            "usage_id": 465_320 + number,
            "usage_batch_id": 7,
            "occurred_at": at,
            "billed_at": ISSUED,
            "billed_micros": 1_500_000,
            "zone": on.customer.zone,
        }
        return self.world.charge(**{**given, **facts})

    def feature(self, bill: Invoice | None = None, number: int = 0, **facts: Any) -> Charge:
        """A line of a bill."""
        on = bill or self.bill
        given = {
            "kind": ChargeKind.INVOICE_FEATURE,
            "subkind": Subkind.RECURRING,
            "feature_id": 103_254 + number,
            "feature_label": f"MONTHLY FEE {number}",
            "usage_id": None,
            "usage_batch_id": None,
            "vendor": None,
            "payout_micros": 0,
            "caller_e164": None,
            "duration_s": None,
        }
        return self.usage(on, **{**given, **facts})

    def dispute(self, charge: Charge, by: Principal | None = None, **facts: Any) -> Dispute:
        """A dispute of a charge."""
        item = SubmitItem(charge.pk, "SPAM", "Automated voice, hung up when we spoke", **facts)
        (answer,) = operations.submit(by or self.buyer, items=[item])
        assert answer.ok, answer
        return Dispute.objects.get(pk=answer.id)

    def granted(self, charge: Charge, micros: int) -> Dispute:
        """A dispute with a credit."""
        dispute = self.dispute(charge)
        (answer,) = operations.adjust(self.manager, items=[AdjustItem(dispute.pk, micros, note="Heard the recording")])
        assert answer.ok, answer
        return dispute


def bill_of(customer: Customer, number: int, alias: str = ALIAS, **facts: Any) -> Invoice:
    """A bill of February 2026."""
    period, _ = BillPeriod.objects.get_or_create(
        customer=customer, number=21_180_214, defaults={"starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 1)}
    )
    given = {
        "number": number,
        "customer": customer,
        "bill_period": period,
        "currency": "USD",
        "issued_at": ISSUED,
        "usage_alias": alias,
        "total_micros": 61_490_000,
    }
    return Invoice.objects.create(**{**given, **facts})


def build_scene(world: World, buyer: Principal, other_buyer: Principal, manager: Principal) -> Scene:
    """Put up the rows."""
    change_settings(
        SYSTEM,
        program=world.program,
        settings={"auto_close": False, "reopen": True, "sla": {}, "reversal_fee": {"default": "5.00", "max": "25.00"}},
    )
    category = InvoiceCategory.objects.create(code="BUS", name="Business")
    bill = bill_of(world.customer, 1_984_950, category=category, due_on=date(2026, 3, 31))
    other = bill_of(world.other_customer, 1_984_951)
    bill_of(world.customer, 1_984_960, alias="", total_micros=None)
    return Scene(world, buyer, other_buyer, manager, bill, other)


def fill(scene: Scene) -> None:
    """Some of everything."""
    line = Service.objects.create(customer=scene.world.customer, number="1234567890")
    calls = [
        scene.usage(number=1, billed_micros=4_400, service=line, destination_e164="+12125550199", unit="min"),
        scene.usage(number=2, billed_micros=9_990_000, caller_e164=None, duration_s=None, usage_batch_id=None),
        scene.usage(number=3, billed_micros=9_990_000, quantity=Decimal("2.5"), occurred_at=ISSUED - timedelta(days=2)),
        scene.usage(number=4, subkind=Subkind.DATA, quantity=Decimal(1_024), unit=" MB"),
    ]
    fee = scene.feature(number=0, billed_micros=9_990_000, tax_micros=800_000)
    setup = scene.feature(number=1, subkind=Subkind.ONE_TIME, service=line, quantity=Decimal(1), feature_label="Set-Up")
    scene.usage(scene.other_bill, number=1)
    scene.feature(scene.other_bill, number=50)
    scene.dispute(scene.world.charge())
    scene.granted(calls[2], 5_000_000)
    fee_dispute = scene.granted(fee, 9_990_000)
    operations.reverse(scene.manager, items=[ReverseItem(fee_dispute.pk)])
    (fee_answer,) = operations.apply_fee(scene.manager, items=[FeeItem(fee_dispute.pk, micros=5_000_000)])
    assert fee_answer.ok, fee_answer
    operations.withdraw(scene.buyer, items=[Ref(scene.dispute(setup).pk)])
    rejected = scene.dispute(calls[1])
    refusal = DecisionItem(rejected.pk, DecisionKind.REJECT, note="The caller spoke for a minute and asked for a date")
    operations.decide(scene.manager, items=[refusal], door=Door.API)
    waiting = scene.dispute(calls[3])
    operations.decide(scene.manager, items=[DecisionItem(waiting.pk, DecisionKind.ACCEPT, note="Yes")], door=Door.DESK)
    scene.dispute(scene.usage(scene.other_bill, number=9), scene.other_buyer)
