"""Guided disputes: kept step by step, asked for what each step needs, handed over, submitted once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from makegood.billing.models import Charge, Invoice
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute, GuidedDispute, Submission
from makegood.disputes.policy.guided import (
    GuidedBegun,
    GuidedItem,
    GuidedStep,
    GuidedStepItem,
    Said,
    SaidCharge,
    said_of,
)
from makegood.disputes.selectors.guided import bills_offered, drafts_of, guided, may_take_over
from makegood.disputes.selectors.guided_lines import lines_of, sum_of
from makegood.disputes.states import Origin
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from tests.bills import bill, line, record, telecom
from tests.refusals import refused, unchanged
from tests.world import World

LATER = ("disputes_guideddispute",)


class Desk:
    """A bill with three lines of 45, 20 and 9.99, and a draft about it."""

    def __init__(self, world: World, csr: Principal) -> None:
        self.csr, self.world = csr, world
        self.program = telecom(world)
        self.bill: Invoice = bill(world, 4411)
        amounts = (("Fiber 500", 45_000_000), ("Premium Voice", 20_000_000), ("Late fee", 9_990_000))
        self.charges: list[Charge] = [
            line(world, self.bill, self.program, n, label, micros, tax_micros=1_000_000 if n == 1 else 0)
            for n, (label, micros) in enumerate(amounts, 1)
        ]
        (answer,) = operations.begin_guided(csr, items=[GuidedBegun(world.customer.pk, 4411)])
        self.draft = str(answer.data["draft"])

    @property
    def row(self) -> GuidedDispute:
        return GuidedDispute.objects.get(public_id=self.draft)

    def said(self, **changes: Any) -> Said:
        return replace(said_of(self.row.said), **changes)

    def keep(self, step: GuidedStep, said: Said | None = None, **more: Any) -> Answer:
        item = GuidedStepItem(self.draft, step, said or self.said(), **more)
        return operations.keep_step(self.csr, items=[item])[0]

    def choose(self, *amounts: str) -> None:
        """Every line with what is typed for it, up to validity."""
        assert self.keep(GuidedStep.CHARGES, self.said(charges=tuple(SaidCharge(c.pk) for c in self.charges))).ok
        lines = tuple(SaidCharge(c.pk, text) for c, text in zip(self.charges, amounts, strict=True))
        assert self.keep(GuidedStep.AMOUNTS, self.said(charges=lines)).ok

    def explain(self) -> None:
        """Reason, words and no documents."""
        words = self.said(type="billing", reason="WRONG_PRICE", description="The rate is 40.", answers={"Which?": "40"})
        assert self.keep(GuidedStep.REASON, words).ok
        assert self.keep(GuidedStep.DOCUMENTS).ok

    def submit(self) -> Answer:
        return operations.submit_guided(self.csr, items=[GuidedItem(self.draft)])[0]


@pytest.fixture
def desk(world: World, csr: Principal) -> Desk:
    return Desk(world, csr)


def test_three_lines_become_one_submission_with_what_was_typed(desk: Desk) -> None:
    desk.choose("", "50%", "9.99")
    assert desk.keep(GuidedStep.VALIDITY).ok
    desk.explain()
    answer = desk.submit()
    assert answer.ok, answer
    submission = Submission.objects.get()
    assert answer.data["number"] == f"D-{submission.number}"
    filed = list(Dispute.objects.order_by("line"))
    assert [(d.label, d.amount_micros) for d in filed] == [
        (f"D-{submission.number}.{n}", micros) for n, micros in enumerate((45_000_000, 10_000_000, 9_990_000), 1)
    ]
    assert {(d.origin, d.type, d.description) for d in filed} == {(Origin.CSR, "billing", "The rate is 40.\nWhich? 40")}
    assert (submission.invoice_id, submission.customer_id) == (desk.bill.pk, desk.bill.customer_id)
    row = desk.row
    assert (row.state, row.submission_id, [one["number"] for one in row.filed]) == (
        "submitted",
        submission.pk,
        [d.label for d in filed],
    )
    with unchanged():
        again = desk.submit()
    assert again == answer
    with unchanged():
        late = desk.keep(GuidedStep.REASON)
    refused(late, "GUIDED_ENDED", "This dispute was submitted meanwhile; nothing in it can be changed any more.")
    events = list(JournalEvent.objects.filter(object_kind="guided").values_list("event", flat=True))
    assert events[0] == "guided.begun"
    assert events[-1] == "guided.submitted"


def test_a_line_has_a_reason_of_its_own_with_its_own_answers(desk: Desk) -> None:
    desk.choose("", "50%", "9.99")
    own = {desk.charges[2].pk: "UNEXPECTED_FEE", desk.charges[1].pk: "UNAUTHORIZED_USE"}
    lines = tuple(replace(one, reason=own.get(one.id, "")) for one in desk.said().charges)
    answers = {"Which price was agreed?": "40", "Since when?": "May 3", "Ticket?": "T-9"}
    said = desk.said(charges=lines, type="billing", reason="WRONG_PRICE", description="All wrong.", answers=answers)
    assert desk.keep(GuidedStep.REASON, said).ok
    mended = tuple(replace(one, amount="5", reason="") for one in desk.said().charges)
    assert desk.keep(GuidedStep.AMOUNTS, desk.said(charges=mended)).ok
    assert desk.said().reasons == ("WRONG_PRICE", "UNAUTHORIZED_USE", "UNEXPECTED_FEE")
    assert desk.keep(GuidedStep.DOCUMENTS).ok
    assert desk.submit().ok
    filed = Dispute.objects.select_related("reason").order_by("line")
    assert [(d.reason and d.reason.code, d.type, d.description) for d in filed] == [
        ("WRONG_PRICE", "billing", "All wrong.\nTicket? T-9\nWhich price was agreed? 40"),
        ("UNAUTHORIZED_USE", "fraud", "All wrong.\nTicket? T-9\nSince when? May 3"),
        ("UNEXPECTED_FEE", "billing", "All wrong.\nTicket? T-9"),
    ]


def test_a_reason_of_a_line_that_is_not_on_offer_stops_the_step(desk: Desk) -> None:
    desk.choose("", "", "")
    lines = (replace(desk.said().charges[0], reason="NOT_THERE"), *desk.said().charges[1:])
    said = desk.said(charges=lines, type="billing", reason="WRONG_PRICE", description="Words.")
    with unchanged():
        refused(
            desk.keep(GuidedStep.REASON, said), "REASON_REQUIRED", "Please choose a reason that this program offers."
        )
    dropped = (replace(lines[0], dropped=True), *lines[1:])
    assert desk.keep(GuidedStep.VALIDITY, desk.said(charges=dropped)).ok
    assert desk.keep(GuidedStep.REASON, said).ok


def test_an_invalid_line_is_mended_dropped_or_stops_everything(desk: Desk, csr: Principal) -> None:
    (taken,) = operations.submit(csr, items=[SubmitItem(desk.charges[2].pk, "WRONG_PRICE", "Before")])
    desk.choose("60", "", "")
    first, second, third = lines_of(csr, desk.said())
    assert first.in_the_way[0].code in {"AMOUNT_TOO_HIGH", "AMOUNT_EXCEEDS_REMAINING"}
    assert first.is_amount_wrong
    assert second.is_valid
    assert (third.in_the_way[0].code, third.can_override) == ("ALREADY_DISPUTED", False)
    sentence = "2 of 3 lines are not valid: correct the amount, drop the line, or override it with a cause."
    with unchanged():
        refused(desk.keep(GuidedStep.VALIDITY), "LINES_NOT_VALID", sentence)
        refused(desk.submit(), "LINES_NOT_VALID", sentence)
    mended = (
        SaidCharge(first.charge_id, "40"),
        SaidCharge(second.charge_id),
        SaidCharge(third.charge_id, dropped=True),
    )
    assert desk.keep(GuidedStep.VALIDITY, desk.said(charges=mended)).ok
    total = sum_of(lines_of(csr, desk.said()))
    assert total is not None
    assert (total.asked.micros, total.tax.micros) == (60_000_000, 888_888)
    desk.explain()
    answer = desk.submit()
    assert answer.ok, answer
    assert set(Submission.objects.get().disputes.values_list("charge_id", flat=True)) == {
        first.charge_id,
        second.charge_id,
    }
    assert Dispute.objects.filter(charge=third.charge_id).get().pk == taken.id


def test_one_line_is_a_dispute_of_its_own(desk: Desk) -> None:
    assert desk.keep(GuidedStep.CHARGES, desk.said(charges=(SaidCharge(desk.charges[0].pk),))).ok
    desk.explain()
    answer = desk.submit()
    dispute = Dispute.objects.get()
    assert (answer.data["number"], dispute.submission_id) == (dispute.label, None)
    assert "." not in dispute.label


def test_a_cause_overrides_where_the_rule_allows_it_and_the_person_may(desk: Desk, biller: Principal) -> None:
    rules: list[dict[str, Any]] = [
        {"type": "billed", "severity": "block"},
        {"type": "amount_cap", "pct_of_billed": 50, "severity": "override"},
    ]
    operations.publish_policy(SYSTEM, program=desk.program, rules=rules, note="Half at most")
    said = Said(charges=(SaidCharge(desk.charges[0].pk, "", "The manager agreed by phone."),))
    (line_seen,) = lines_of(desk.csr, said)
    assert (line_seen.is_overridden, line_seen.is_valid) == (True, True)
    (without,) = lines_of(desk.csr, Said(charges=(SaidCharge(desk.charges[0].pk),)))
    assert (without.can_override, without.is_valid) == (True, False)
    (forbidden,) = lines_of(biller, said)
    assert (forbidden.may_override, forbidden.is_valid) == (False, False)
    assert desk.keep(GuidedStep.CHARGES, said).ok
    assert desk.keep(GuidedStep.VALIDITY, said).ok
    desk.explain()
    assert desk.submit().ok
    assert Dispute.objects.get().override_cause == "The manager agreed by phone."


@pytest.mark.parametrize(
    ("step", "changes", "code", "message"),
    [
        (GuidedStep.CHARGES, {"charges": ()}, "CHARGES_REQUIRED", "Please choose at least one charge."),
        (GuidedStep.AMOUNTS, {"amount": "much"}, "BAD_AMOUNT", '"much" is not an amount of money.'),
        (GuidedStep.REASON, {"reason": ""}, "REASON_REQUIRED", "Please choose a reason."),
        (GuidedStep.REASON, {"reason": "WRONG_PRICE"}, "EXPLANATION_REQUIRED", "Please add a few words."),
        (
            GuidedStep.REASON,
            {"reason": "WRONG_PRICE", "type": "taste", "description": "x"},
            "UNKNOWN_TYPE",
            '"taste" is nothing a dispute can be about; it is billing, product, fraud or quality.',
        ),
        (
            GuidedStep.DOCUMENTS,
            {"files": ("fil_nobody",)},
            "EVIDENCE_UNKNOWN",
            "",
        ),
    ],
)
def test_a_step_asks_for_what_it_needs_and_nothing_else(
    desk: Desk, step: GuidedStep, changes: dict[str, Any], code: str, message: str
) -> None:
    chosen = tuple(SaidCharge(c.pk, changes.pop("amount", "")) for c in desk.charges[:1])
    assert desk.keep(GuidedStep.CHARGES, Said(charges=(SaidCharge(desk.charges[0].pk),))).ok
    said = Said(**{"charges": chosen, **changes})
    with unchanged():
        answer = desk.keep(step, said)
    refused(answer, code, message or answer.message)
    assert desk.keep(step, said, live=True).ok
    assert desk.row.version == 2


def test_bills_and_charges_out_of_reach_are_refused(desk: Desk, world: World, stranger: Principal) -> None:
    foreign = bill(world, 9001, customer=world.other_customer)
    draft = bill(world, 4412, status="draft")
    line(world, draft, desk.program, 1, "Soon", 5_000_000)
    elsewhere = line(world, foreign, desk.program, 1, "Theirs", 5_000_000)
    with unchanged():
        refused(
            desk.keep(GuidedStep.BILL, invoice=4412),
            "INVOICE_NOT_ISSUED",
            "Bill 4412 is not issued yet. Only billed items can be disputed.",
        )
        assert desk.keep(GuidedStep.BILL, invoice=9001).code == "NOT_FOUND"
        refused(
            desk.keep(GuidedStep.CHARGES, Said(charges=(SaidCharge(elsewhere.pk),))),
            "CHARGE_NOT_ON_BILL",
            "One of the charges is not on bill 4411.",
        )
        many = Said(charges=tuple(SaidCharge(pk) for pk in range(1, 502)))
        refused(desk.keep(GuidedStep.CHARGES, many), "TOO_MANY_CHARGES", "At most 500 charges go into one dispute.")
        (begun,) = operations.begin_guided(desk.csr, items=[GuidedBegun(world.other_customer.pk, 4411)])
        assert begun.code == "NOT_FOUND"
        (theirs,) = operations.keep_step(stranger, items=[GuidedStepItem(desk.draft, GuidedStep.REASON)])
        assert theirs.code == "NOT_FOUND"
    (empty,) = operations.begin_guided(desk.csr, items=[GuidedBegun(world.customer.pk)])
    item = GuidedStepItem(str(empty.data["draft"]), GuidedStep.BILL)
    with unchanged():
        refused(operations.keep_step(desk.csr, items=[item])[0], "BILL_REQUIRED", "Please choose a bill.")


def test_charges_bring_their_bill_along_and_another_bill_lets_them_go(desk: Desk, world: World) -> None:
    ids = tuple(c.pk for c in desk.charges[:2])
    (answer,) = operations.begin_guided(desk.csr, items=[GuidedBegun(world.customer.pk, None, ids)])
    row = GuidedDispute.objects.get(public_id=answer.data["draft"])
    assert (row.invoice_id, answer.data["step"]) == (desk.bill.pk, GuidedStep.AMOUNTS)
    other = bill(world, 4410)
    line(world, other, desk.program, 1, "Fiber 500", 45_000_000)
    item = GuidedStepItem(row.public_id, GuidedStep.BILL, invoice=4410)
    assert operations.keep_step(desk.csr, items=[item])[0].ok
    row.refresh_from_db()
    assert (row.invoice_id, said_of(row.said).charges) == (other.pk, ())


def test_another_window_is_noticed_and_another_session_goes_on(desk: Desk) -> None:
    seen = guided(desk.csr, desk.world.customer.pk, desk.draft)
    desk.choose("", "", "")
    with unchanged():
        stale = desk.keep(GuidedStep.CHARGES, Said(charges=(SaidCharge(desk.charges[0].pk),)), version=seen.version)
    refused(
        stale,
        "GUIDED_CHANGED",
        "This dispute was changed in another window meanwhile. What you typed here is kept on this page.",
    )
    (resumed,) = drafts_of(desk.csr, desk.world.customer.pk)
    assert (resumed.public_id, resumed.step, len(resumed.said.charges)) == (desk.draft, GuidedStep.VALIDITY, 3)


def test_a_dispute_is_handed_over_with_its_files(desk: Desk, world: World, buyer: Principal) -> None:
    other = world.person("csr", "second")
    file = keep_file(desk.csr, content=b"The agreed rate is 40.\n", name="rate.txt", limits=Limits())
    desk.choose("", "", "")
    assert desk.keep(GuidedStep.DOCUMENTS, desk.said(files=(file.public_id,))).ok
    with unchanged():
        (wrong,) = operations.hand_over(desk.csr, items=[GuidedItem(desk.draft)], to=buyer.id or 0)
    refused(wrong, "REPRESENTATIVE_UNKNOWN", "That person may not file disputes for this customer.")
    assert [one.pk for one in may_take_over(desk.csr, world.customer.pk)] == [other.id]
    assert may_take_over(buyer, world.customer.pk) == []
    assert operations.hand_over(desk.csr, items=[GuidedItem(desk.draft)], to=other.id or 0)[0].ok
    with pytest.raises(NotFound):
        guided(desk.csr, world.customer.pk, desk.draft)
    desk.csr = other
    assert desk.keep(GuidedStep.REASON, desk.said(reason="WRONG_PRICE", description="The rate is 40.")).ok
    assert desk.submit().ok
    assert File.objects.get().uploaded_by_id == other.id


def test_a_dropped_one_is_over_and_files_of_an_open_one_are_kept(desk: Desk) -> None:
    file = keep_file(desk.csr, content=b"Kept.\n", name="kept.txt", limits=Limits())
    desk.choose("", "", "")
    assert desk.keep(GuidedStep.DOCUMENTS, desk.said(files=(file.public_id,))).ok
    File.objects.update(uploaded_at=clock.now() - 3 * operations.exhibits.KEPT_FOR)
    assert operations.forget_unattached(10) == 0
    assert operations.drop_guided(desk.csr, items=[GuidedItem(desk.draft)])[0].ok
    assert operations.forget_unattached(10) == 1
    with unchanged():
        refused(
            desk.submit(),
            "GUIDED_ENDED",
            "This dispute was dropped meanwhile; nothing in it can be changed any more.",
        )
    assert drafts_of(desk.csr) == []


def test_what_no_line_can_be_filed_for_is_refused_as_a_whole(desk: Desk) -> None:
    desk.choose("", "", "")
    with unchanged():
        answer = desk.submit()
    refused(answer, "REASON_REQUIRED", "Please choose a reason.")


def test_bills_say_what_changed_and_what_is_disputed_already(desk: Desk, csr: Principal) -> None:
    bill(desk.world, 4409, total_micros=141_800_000, issued_at=clock.now() - 40 * operations.exhibits.KEPT_FOR)
    bill(desk.world, 4413, status="draft")
    operations.submit(csr, items=[SubmitItem(desk.charges[0].pk, "WRONG_PRICE", "Before")])
    record(desk.world, desk.bill, desk.program, 1_500_000)
    found = bills_offered(csr, desk.world.customer.pk)
    assert [(b.bill.number, b.change.micros if b.change else None, b.disputed, b.lines) for b in found] == [
        (4411, 72_500_000, 1, 4),
        (4409, None, 0, 0),
    ]
