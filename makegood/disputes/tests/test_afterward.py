"""After the decision: fees, closing with a resolution, further rounds, another reviewer, questions and answers."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, CloseItem, FeeItem, Ref, ReverseItem, WordsItem
from makegood.disputes.models import Comment, Dispute, Resolution
from makegood.disputes.policy.afterward import FeeTerms, Rounds, fee_terms
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.selectors.re_review import find_for_re_review
from makegood.disputes.selectors.rows import latest_by_charge
from makegood.disputes.states import Door, Outcome, RoundOrigin, Stage
from makegood.disputes.tests.money import PARTIAL, REJECT, decide, item
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.rounding import tax_at
from makegood.ledger.models import Adjustment
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings, create_customer
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

FEES = {"default": "5.00", "max": "25.00"}
IN_YEN = {"reversal_fee": {"JPY": {"default": 500, "max": 900}}}


@pytest.fixture
def program(world: World) -> World:
    """The marketplace with a program that reopens, reviews again and charges fees."""
    settings = {"auto_close": False, "reopen": True, "max_rounds": 3, "reversal_fee": FEES, "lease_seconds": 300}
    change_settings(SYSTEM, program=world.program, settings=settings)
    return world


pytestmark = pytest.mark.usefixtures("program")


def configure(world: World, **settings: object) -> None:
    change_settings(SYSTEM, program=world.program, settings=settings)


def reversed_one(make_dispute: DisputeMaker, manager: Principal, **facts: object) -> Dispute:
    """A dispute whose credit was reversed."""
    dispute = make_dispute(**facts)
    decide(manager, item(dispute), door=Door.API)
    assert operations.reverse(manager, items=[ReverseItem(dispute.pk)])[0].ok
    return dispute


def last_event() -> JournalEvent:
    return JournalEvent.objects.order_by("id").reverse()[0]


# Fees


def test_a_fee_of_the_programs_own_amount_with_tax(
    make_dispute: DisputeMaker, manager: Principal, program: World
) -> None:
    configure(program, fee_tax_rate="0.0825")
    dispute = reversed_one(make_dispute, manager)
    (answer,) = operations.apply_fee(manager, items=[FeeItem(dispute.pk, note="The credit was asked for twice")])
    fee = Adjustment.objects.get(kind="reversal_fee")
    assert (fee.amount_micros, fee.tax_micros, fee.clawback_micros) == (5_000_000, 412_500, 0)
    assert (answer.data["fee_micros"], answer.data["tax_micros"]) == (5_000_000, 412_500)
    event = last_event()
    assert event.event == "dispute.fee_applied"
    assert (event.changes["fee_micros"], event.changes["tax_micros"]) == (5_000_000, 412_500)
    assert event.changes["note"] == "The credit was asked for twice"
    assert proof().holds
    assert list(broken(LAWS)) == []


def test_each_reversal_may_have_one_fee_and_a_key_charges_once(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = reversed_one(make_dispute, manager)
    items = [FeeItem(dispute.pk, 25_000_000), FeeItem(dispute.pk, 1)]
    first = operations.apply_fee(manager, items=items, key="f")
    assert [answer.code for answer in first] == ["", "FEE_ALREADY_APPLIED"]
    with unchanged():
        assert operations.apply_fee(manager, items=items, key="f") == first


def test_the_fee_of_a_prepaid_customer_is_taken_from_the_balance(
    make_dispute: DisputeMaker, manager: Principal, program: World
) -> None:
    prepaid = create_customer(
        SYSTEM, number="P1", name="Prepaid", currency="USD", parent=program.customer, billing_mode="prepaid"
    )
    dispute = reversed_one(make_dispute, manager, customer=prepaid)
    assert operations.apply_fee(manager, items=[FeeItem(dispute.pk)])[0].ok
    fee = Adjustment.objects.get(kind="reversal_fee")
    posted = {line.account.key: line.micros for line in fee.entry.postings.all()}
    assert posted == {f"WALLET:{prepaid.pk}": 5_000_000, "FEE_INCOME": -5_000_000}


@pytest.mark.parametrize(
    ("settings", "currency", "terms"),
    [
        ({"reversal_fee": {"default": 5.0, "max": 25}}, "USD", FeeTerms(5_000_000, 25_000_000, Fraction(0))),
        ({"reversal_fee": {"max": "0.10"}, "fee_tax_rate": 0.2}, "EUR", FeeTerms(100_000, 100_000, Fraction(1, 5))),
        (IN_YEN, "JPY", FeeTerms(500_000_000, 900_000_000, Fraction(0))),
        (IN_YEN, "USD", None),
        ({"reversal_fee": {"max": "much"}}, "USD", None),
        ({"reversal_fee": None}, "USD", None),
        ({}, "USD", None),
    ],
)
def test_terms_of_a_fee_are_read_per_currency(
    settings: dict[str, object], currency: str, terms: FeeTerms | None
) -> None:
    assert fee_terms(settings, currency) == terms


def test_tax_on_a_fee_is_whole_micros_half_even() -> None:
    rate = Fraction(33, 400)
    assert [tax_at(fee, rate) for fee in (0, 200, 600, 5_000_000)] == [0, 16, 50, 412_500]
    for amount, at in ((-1, rate), (1, -rate)):
        with pytest.raises(ValueError, match="zero or more"):
            tax_at(amount, at)


# Closing


def test_closing_without_a_decision_leaves_the_outcome_empty_and_says_it_was_not_told(
    make_dispute: DisputeMaker, manager: Principal, program: World
) -> None:
    Resolution.objects.create(program=program.program, code="DUP", label="Already solved", maps_to=None)
    dispute = make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    (answer,) = operations.close(manager, items=[CloseItem(dispute.pk, "DUP", "Paid by the other case")])
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome, dispute.assignee) == (Stage.CLOSED, None, None)
    assert answer.data["stage"] == Stage.CLOSED
    assert latest_by_charge(manager, [dispute.charge_id])[dispute.charge_id].word.label == "Already solved"
    changes = last_event().changes
    assert (changes["outcome"], changes["resolution"], changes["told"]) == (None, "DUP", False)
    note = Comment.objects.get()
    assert (note.kind, note.visibility, note.body) == ("note", "internal", "Paid by the other case")


def test_a_resolution_that_refuses_tells_the_submitter_why(
    make_dispute: DisputeMaker, manager: Principal, program: World
) -> None:
    Resolution.objects.create(program=program.program, code="NO", label="Denied", maps_to="rejected")
    dispute = make_dispute()
    assert operations.close(manager, items=[CloseItem(dispute.pk, "NO", "We listened to it")])[0].ok
    dispute.refresh_from_db()
    assert (dispute.outcome, dispute.buyer_explanation) == (None, "We listened to it")
    assert Comment.objects.get().visibility == "parties"


def test_after_a_decision_a_resolution_is_only_a_label(
    make_dispute: DisputeMaker, manager: Principal, program: World
) -> None:
    Resolution.objects.create(program=program.program, code="NO", label="Denied", maps_to="rejected")
    dispute = make_dispute()
    decide(manager, item(dispute, PARTIAL, 1), door=Door.API)
    assert operations.close(manager, items=[CloseItem(dispute.pk, "NO")])[0].ok
    dispute.refresh_from_db()
    assert (dispute.outcome, last_event().changes["told"]) == ("accepted_partial", True)
    assert list(broken(LAWS)) == []


# Further rounds


def test_reopening_clears_what_was_decided_and_keeps_what_was_asked_and_credited(
    make_dispute: DisputeMaker, manager: Principal, program: World
) -> None:
    Resolution.objects.create(program=program.program, code="OK", label="Credited", maps_to="accepted")
    dispute = make_dispute()
    decide(manager, item(dispute, PARTIAL, 20_000_000), door=Door.API)
    operations.close(manager, items=[CloseItem(dispute.pk, "OK")])
    (answer,) = operations.reopen(manager, items=[WordsItem(dispute.pk, " New evidence ")])
    dispute.refresh_from_db()
    cleared = ("outcome", "resolution", "decided_micros", "decided_by", "decided_at", "commit_after", "closed_at")
    assert [name for name in cleared if getattr(dispute, name) is not None] == []
    assert (dispute.decision_note, dispute.finding_ids) == ("", [])
    assert (dispute.stage, dispute.round, dispute.round_origin) == (Stage.PENDING, 2, RoundOrigin.REOPENED)
    assert dispute.amount_micros == 45_000_000
    assert -Adjustment.objects.get().amount_micros == 20_000_000
    changes = last_event().changes
    assert (changes["cause"], changes["round"], changes["submitted_by"]) == ("New evidence", 2, dispute.submitted_by_id)
    assert answer.data["version"] == dispute.lock_version
    assert list(broken(LAWS)) == []


def test_a_withdrawn_dispute_goes_on_in_its_own_round(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal
) -> None:
    dispute = make_dispute()
    operations.withdraw(buyer, items=[Ref(dispute.pk)])
    assert operations.reopen(manager, items=[WordsItem(dispute.pk, "Withdrawn by mistake")])[0].ok
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.round, dispute.round_origin) == (Stage.PENDING, 1, RoundOrigin.FILED)
    assert operations.withdraw(buyer, items=[Ref(dispute.pk)])[0].ok
    assert list(broken(LAWS)) == []


def test_in_a_later_round_accepting_tops_up_to_what_was_asked(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute(tax_micros=3_600_000)
    decide(manager, item(dispute, PARTIAL, 20_000_000), door=Door.API)
    operations.close(manager, items=[CloseItem(dispute.pk)])
    operations.reopen(manager, items=[WordsItem(dispute.pk, "New evidence")])
    (answer,) = decide(manager, item(dispute), door=Door.API)
    assert answer.data["decided_micros"] == 25_000_000
    credits = Adjustment.objects.order_by("id")
    assert [a.amount_micros for a in credits] == [-20_000_000, -25_000_000]
    assert (sum(a.tax_micros for a in credits), sum(a.clawback_micros for a in credits)) == (-3_600_000, -30_000_000)
    assert list(broken(LAWS)) == []


def test_a_re_review_is_for_another_reviewer(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, csr: Principal, program: World
) -> None:
    configure(program, re_review={"allowed": True, "requested_by": "csr", "other_reviewer": True})
    dispute = make_dispute()
    decide(manager, item(dispute, REJECT), door=Door.API)
    assert operations.request_re_review(csr, items=[WordsItem(dispute.pk, "The caller hung up")])[0].ok
    dispute.refresh_from_db()
    assert (dispute.round, dispute.round_origin) == (2, RoundOrigin.RE_REVIEW)
    sentence = f"You decided {dispute} before; somebody else reviews it this time."
    with unchanged():
        answers = operations.claim(manager, items=[Ref(dispute.pk)]) + decide(manager, item(dispute))
    for answer in answers:
        refused(answer, "OTHER_REVIEWER", sentence)
    assert operations.claim(other_manager, items=[Ref(dispute.pk)])[0].ok
    assert decide(other_manager, item(dispute), door=Door.API)[0].ok
    assert list(broken(LAWS)) == []


def test_without_that_setting_the_same_reviewer_may_look_again(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal
) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute, REJECT), door=Door.API)
    assert operations.request_re_review(buyer, items=[WordsItem(dispute.pk, "Please listen again")])[0].ok
    assert operations.claim(manager, items=[Ref(dispute.pk)])[0].ok


def test_a_dispute_for_a_re_review_is_found_by_its_call_or_its_caller(
    make_dispute: DisputeMaker, manager: Principal, csr: Principal, other_buyer: Principal
) -> None:
    first, second = make_dispute(buyer_ref="CALL-77"), make_dispute(caller_e164="+13125550199")
    waiting = make_dispute(caller_e164="+13125550199")
    decide(manager, item(first, REJECT), item(second, REJECT), door=Door.API)
    call = Dispute.objects.select_related("charge").get(pk=first.pk).charge.external_id
    texts = ("CALL-77", call, f" {str(first).lower()} ", "(312) 555-0199", "+13125550199", "", "nothing")
    found = [[row.id for row in find_for_re_review(csr, text)] for text in texts]
    assert found == [[first.pk]] * 3 + [[second.pk]] * 2 + [[], []]
    assert waiting.stage == Stage.PENDING
    assert find_for_re_review(other_buyer, "CALL-77") == []


def test_what_a_program_says_of_further_rounds() -> None:
    final, plain = Rounds.of({"reopen": False, "max_rounds": 1}), Rounds.of({"max_rounds": 2})
    assert (final.reopens, final.re_reviews, plain.reopens, plain.re_reviews) == (False, False, True, True)
    assert Rounds.of({"re_review": {"requested_by": ["csr", "buyer"]}}).asked_by == {"csr", "buyer"}


# Questions and answers


def test_the_asker_reviews_on_once_the_answer_is_there(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal
) -> None:
    dispute = make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    operations.request_info(manager, items=[WordsItem(dispute.pk, "Which number?")])
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.assignee_id, dispute.claimed_until) == (Stage.INFO_NEEDED, manager.id, None)
    with clock.shifted(timedelta(hours=3)):
        assert operations.release_lapsed() == []
    changes = last_event().changes
    assert (changes["question"], changes["submitted_by"]) == ("Which number?", buyer.id)
    now = clock.now()
    with clock.frozen(now):
        operations.provide_info(buyer, items=[WordsItem(dispute.pk, "The one on the invoice")])
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.assignee_id) == (Stage.IN_REVIEW, manager.id)
    assert dispute.claimed_until == now + timedelta(seconds=300)
    assert last_event().changes["reviewer"] == manager.id
    said = [(c.kind, c.visibility, c.body, c.author_id) for c in Comment.objects.order_by("id")]
    assert said == [
        ("question", "parties", "Which number?", manager.id),
        ("answer", "parties", "The one on the invoice", buyer.id),
    ]
    assert list(broken(LAWS)) == []


def test_a_question_without_answer_goes_back_to_everybody(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    operations.request_info(manager, items=[WordsItem(dispute.pk, "Which number?")])
    assert [answer.ok for answer in operations.lapse([dispute.pk, 999_999])] == [True, False]
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.info_missing, dispute.assignee_id) == (Stage.PENDING, True, None)
    assert (last_event().event, last_event().principal) == ("dispute.info_lapsed", None)
    operations.claim(manager, items=[Ref(dispute.pk)])
    operations.request_info(manager, items=[WordsItem(dispute.pk, "And now?")])
    assert not Dispute.objects.get(pk=dispute.pk).info_missing
    assert list(broken(LAWS)) == []


@pytest.mark.parametrize(("micros", "outcome"), [(25_000_000, Outcome.ACCEPTED), (5_000_000, Outcome.ACCEPTED_PARTIAL)])
def test_an_adjustment_of_all_that_is_left_in_a_later_round_accepts(
    make_dispute: DisputeMaker, manager: Principal, micros: int, outcome: Outcome
) -> None:
    dispute = make_dispute()
    assert operations.adjust(manager, items=[AdjustItem(dispute.pk, 20_000_000, "A part.")])[0].ok
    operations.close(manager, items=[CloseItem(dispute.pk)])
    operations.reopen(manager, items=[WordsItem(dispute.pk, "More evidence.")])
    (answer,) = operations.adjust(manager, items=[AdjustItem(dispute.pk, micros, "The rest.")])
    assert (answer.data["outcome"], answer.data["credit_micros"]) == (outcome, micros)


def test_an_adjustment_is_not_a_part_where_only_the_whole_is_granted(
    make_dispute: DisputeMaker, manager: Principal, program: World
) -> None:
    dispute = make_dispute()
    operations.adjust(manager, items=[AdjustItem(dispute.pk, 20_000_000, "A part.")])
    operations.close(manager, items=[CloseItem(dispute.pk)])
    operations.reopen(manager, items=[WordsItem(dispute.pk, "More evidence.")])
    configure(program, decisions=["accept", "reject"])
    with unchanged():
        (part,) = operations.adjust(manager, items=[AdjustItem(dispute.pk, 24_999_999, "Nearly.")])
    refused(part, "DECISION_NOT_OFFERED", "This program does not offer that decision.")
    (rest,) = operations.adjust(manager, items=[AdjustItem(dispute.pk, 25_000_000, "The rest.")])
    assert rest.data["outcome"] == Outcome.ACCEPTED
