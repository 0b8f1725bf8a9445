"""Two customers with the same life behind them: a bill, its lines, and a dispute in every stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from makegood.billing.models import BillPeriod, Charge, Invoice, Service
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    FeeItem,
    FilesItem,
    Ref,
    ReverseItem,
    SubmitItem,
    Together,
    WordsItem,
)
from makegood.disputes.models import Decision, Dispute, Recommendation, Review, Submission
from makegood.disputes.states import ChosenBy, DecisionKind
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.kernel import clock, ids
from makegood.kernel.answers import Answer
from makegood.ledger.models import Adjustment
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Program
from makegood.webhooks.entries import new_secret
from makegood.webhooks.models import Endpoint
from tests.api_client import client_for
from tests.recordings import ready_recording
from tests.world import World

STAGES = (
    "pending",
    "in_review",
    "info_needed",
    "held",
    "adjusted",
    "reversed",
    "charged_a_fee",
    "rejected",
    "closed",
    "withdrawn",
)
FREE = 4
"""Lines of the bill that nobody disputed."""


@dataclass
class Account:
    """A customer, the bill, what of it is free to dispute, and the disputes by their stage; ``adjustments`` are
    the first of each dispute."""

    customer: Customer
    invoice: Invoice
    free_features: list[int] = field(default_factory=list)
    free_usage: list[int] = field(default_factory=list)
    charges: list[int] = field(default_factory=list)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    adjustments: dict[int, int] = field(default_factory=dict)
    decision: int = 0
    recommendation: str = ""
    review: int = 0
    submission: str = ""
    plan: str = ""
    webhook: str = ""
    recording: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Accounts:
    """Mine and theirs, each with the person who works on it; ``biller`` is mine."""

    program: Program
    mine: Account
    theirs: Account
    biller: Principal
    other_biller: Principal


def build_accounts(world: World, free: int = FREE) -> Accounts:
    """Make both, with ``free`` lines that nobody disputed; the numbers of the second never occur in the first."""
    program = operations.install_preset(
        SYSTEM, preset_key="telecom_billing", key="telecom", name="Telecom", currency="USD", zone="America/New_York"
    )
    telecom = replace(world, program=program)
    biller, other_biller = (telecom.person("billing", f"{whose}-biller") for whose in ("my", "their"))
    return Accounts(
        program,
        _account(telecom, biller, world.customer, 1984950, free),
        _account(telecom, other_biller, world.other_customer, 7003324, free),
        biller,
        other_biller,
    )


def _account(world: World, biller: Principal, customer: Customer, number: int, free: int) -> Account:
    period = BillPeriod.objects.create(
        customer=customer, number=number % 1000, starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 1)
    )
    invoice = Invoice.objects.create(
        number=number,
        customer=customer,
        bill_period=period,
        currency="USD",
        issued_at=clock.now() - timedelta(days=2),
        due_on=clock.now().date() + timedelta(days=20),
        total_micros=999_000_000,
        usage_alias=f"usage-{number}",
    )
    account = Account(customer, invoice)
    service = Service.objects.create(customer=customer, number=f"61755501{number % 100:02}", label="Main line")
    for ordinal in range(len(STAGES) + free):
        serial = number * 100 + ordinal
        charge = _charge(world, account, service, serial)
        if ordinal < len(STAGES):
            account.disputes[STAGES[ordinal]] = _disputed(biller, charge, STAGES[ordinal])
        else:
            account.charges.append(charge)
            (account.free_usage if serial % 2 else account.free_features).append(serial)
    _done(_submitted_together(world, biller, account, service, number * 100 + len(STAGES) + free))
    account.submission = Submission.objects.values_list("public_id", flat=True).get(customer=customer)
    account.recording = ready_recording(Charge.objects.get(pk=account.charges[0]), duration_ms=600, speech=()).public_id
    account.evidence = _shown(biller, account.disputes["pending"])
    account.plan = _planned(biller, account.disputes["pending"])
    account.recommendation = _recommended(biller, _charge(world, account, service, number * 100 + 98))
    account.review = Review.objects.create(
        charge_id=account.charges[0], program=world.program, customer=customer, chosen_by=ChosenBy.BY_HAND, chance=1
    ).pk
    account.webhook = Endpoint.objects.create(
        public_id=ids.ulid("whe"),
        url=f"https://hooks.example/{number}",
        owner_id=biller.id,
        owner_label=biller.label,
        secret=new_secret(),
        created_at=clock.now(),
    ).public_id
    pks = [dispute.pk for dispute in account.disputes.values()]
    account.decision = Decision.objects.filter(dispute=account.disputes["held"]).values_list("id", flat=True).get()
    rows = Adjustment.objects.filter(dispute_id__in=pks).order_by("-id")
    account.adjustments = dict(rows.values_list("dispute_id", "id"))
    return account


def _shown(biller: Principal, dispute: Dispute) -> str:
    """A file that the dispute shows."""
    words = b"What was agreed, in writing."
    file = keep_file(biller, content=words, name="agreement.txt", limits=Limits())
    _done(operations.attach_files(biller, items=[FilesItem(dispute.pk, (file.public_id,))]))
    return file.public_id


def _planned(biller: Principal, dispute: Dispute) -> str:
    """A bulk plan that accepts the dispute, looked at and not committed."""
    asked = {"verb": "accept", "selection": {"ids": [dispute.public_id]}}
    made = client_for(biller).post("/api/v1/bulk-plans", asked)
    assert made.status == 201, made.content
    return str(made.json["id"])


def _submitted_together(
    world: World, biller: Principal, account: Account, service: Service, serial: int
) -> list[Answer]:
    """Two lines under one number; the answers of the first."""
    charges = [_charge(world, account, service, serial + n) for n in range(2)]
    items = [SubmitItem(charge, "WRONG_PRICE", "Filed together", amount_micros=1_000_000) for charge in charges]
    return operations.submit(biller, items=items, together=Together("The whole bill"))[:1]


def _charge(world: World, account: Account, service: Service, serial: int) -> int:
    """Every second line of the bill is a feature, the others are usage."""
    shared: dict[str, Any] = {
        "customer": account.customer,
        "invoice": account.invoice,
        "invoice_number": account.invoice.number,
        "service": service,
        "vendor": None,
        "payout_micros": 0,
        "billed_micros": 9_990_000,
        "external_id": f"line-{serial}",
    }
    if serial % 2:
        return world.charge(**shared, usage_id=serial, usage_batch_id=1).pk
    kind = {"kind": ChargeKind.INVOICE_FEATURE, "subkind": Subkind.RECURRING, "feature_label": "MONTHLY FEE"}
    return world.charge(**shared, **kind, usage_id=None, feature_id=serial).pk


def _disputed(biller: Principal, charge: int, stage: str) -> Dispute:
    asked = SubmitItem(charge, "WRONG_PRICE", "They should not have been charged", amount_micros=4_950_000)
    pk = _done(operations.submit(biller, items=[asked]))
    for step in _STEPS[stage]:
        _done(step(biller, pk))
    return Dispute.objects.get(pk=pk)


def _recommended(biller: Principal, charge: int) -> str:
    """What the biller decided above a limit, which waits."""
    limited = replace(biller, max_decision_micros={"USD": 1})
    pk = _disputed(biller, charge, "pending").pk
    _done(operations.recommend(limited, items=[DecisionItem(pk, DecisionKind.ACCEPT, note="As the tariff says")]))
    return Recommendation.objects.values_list("public_id", flat=True).get(dispute=pk)


def _done(answers: list[Answer]) -> int:
    (answer,) = answers
    assert answer.ok, answer
    return answer.id or 0


Step = Callable[[Principal, int], list[Answer]]


def _decide(kind: DecisionKind) -> Step:
    return lambda who, pk: operations.decide(who, items=[DecisionItem(pk, kind, note="As the tariff says")])


def _claim(who: Principal, pk: int) -> list[Answer]:
    return operations.claim(who, items=[Ref(pk)])


def _ask(who: Principal, pk: int) -> list[Answer]:
    return operations.request_info(who, items=[WordsItem(pk, "Which tariff was agreed?")])


def _adjust(who: Principal, pk: int) -> list[Answer]:
    return operations.adjust(who, items=[AdjustItem(pk, 4_950_000, note="As the tariff says")])


def _reverse(who: Principal, pk: int) -> list[Answer]:
    return operations.reverse(who, items=[ReverseItem(pk)])


def _fee(who: Principal, pk: int) -> list[Answer]:
    return operations.apply_fee(who, items=[FeeItem(pk)])


def _reject(who: Principal, pk: int) -> list[Answer]:
    held = _decide(DecisionKind.REJECT)(who, pk)
    with clock.shifted(timedelta(minutes=2)):
        operations.commit([pk])
    return held


def _close(who: Principal, pk: int) -> list[Answer]:
    return operations.close(who, items=[CloseItem(pk, "APPROVED")])


def _withdraw(who: Principal, pk: int) -> list[Answer]:
    return operations.withdraw(who, items=[Ref(pk)])


_STEPS: dict[str, tuple[Step, ...]] = {
    "pending": (),
    "in_review": (_claim,),
    "info_needed": (_claim, _ask),
    "held": (_decide(DecisionKind.ACCEPT),),
    "adjusted": (_adjust,),
    "reversed": (_adjust, _reverse),
    "charged_a_fee": (_adjust, _reverse, _fee),
    "rejected": (_reject,),
    "closed": (_adjust, _close),
    "withdrawn": (_withdraw,),
}
