"""What a review found: a non-billable verdict is a dispute like any other, and everything refused changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, HeardItem, Ref, ReviewItem, SignItem, SubmitItem
from makegood.disputes.models import Dispute, Recommendation, Review
from makegood.disputes.selectors.addressed import dispute_on
from makegood.disputes.selectors.review_status import in_states
from makegood.disputes.selectors.reviews import review_of_charges, reviews_visible_to
from makegood.disputes.selectors.visible import disputes_visible_to, view_parameters
from makegood.disputes.states import DecisionKind, Origin, Outcome, ReviewState, ReviewVerdict, Stage
from makegood.disputes.tests.reviewing import call, found, queued, trusted
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.kernel.prepared import fetch
from makegood.ledger.models import Adjustment, Posting
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Customer
from makegood.parties.policy import without_limit
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

OF_A_POSTING = ("account__kind", "micros", "currency")
BILLABLE, NON_BILLABLE, UNCLEAR = ReviewVerdict.BILLABLE, ReviewVerdict.NON_BILLABLE, ReviewVerdict.UNCLEAR


@pytest.fixture
def qa(world: World) -> Principal:
    """A reviewer who was granted what these calls cost."""
    return trusted(world.person("qa"))


def kept(qa: Principal, item: ReviewItem) -> Answer:
    (answer,) = operations.keep_review(qa, items=[item])
    assert answer.ok, answer
    return answer


def committed() -> None:
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()


def posted(dispute_id: int) -> list[dict[str, Any]]:
    """What the credit of a dispute moved, on which kinds of accounts."""
    entry = Adjustment.objects.get(dispute_id=dispute_id, kind="credit").entry_id
    return list(Posting.objects.filter(entry=entry).order_by("account__kind").values(*OF_A_POSTING))


def test_a_non_billable_verdict_is_a_dispute_that_is_accepted(world: World, qa: Principal, buyer: Principal) -> None:
    review = queued(world)
    answer = kept(qa, found(review, tags=(" Robo  Call", "#emergency"), note="Recorded voice about warranties."))
    assert (answer.data["verdict"], answer.data["state"], answer.data["micros"]) == ("non_billable", "held", 45_000_000)
    dispute = Dispute.objects.get()
    assert (dispute.origin, dispute.stage, dispute.outcome) == (Origin.QA_PROACTIVE, Stage.DECIDED, Outcome.ACCEPTED)
    assert (dispute.submitted_by_id, dispute.decided_by_id) == (qa.id, qa.id)
    assert dispute.reason is not None
    assert (dispute.reason.code, dispute.decision_note) == ("SPAM", "Recorded voice about warranties.")
    review.refresh_from_db()
    assert (review.state, review.dispute, review.tags) == (ReviewState.DONE, dispute, ["robo call", "emergency"])
    facts = review_of_charges([review.charge_id])[review.charge_id]
    assert (facts.state, facts.verdict, facts.findings) == (ReviewState.DONE, NON_BILLABLE, ("Robocall, solicitor",))
    committed()
    assert Adjustment.objects.filter(dispute_id=dispute.pk, kind="credit").count() == 1


def test_its_money_is_that_of_a_buyers_dispute(
    world: World, qa: Principal, buyer: Principal, manager: Principal
) -> None:
    facts: dict[str, Any] = {"billed_micros": 44_990_000, "tax_micros": 3_100_000, "payout_micros": 29_999_999}
    (filed,) = operations.submit(buyer, items=[SubmitItem(call(world, **facts).pk, "SPAM", "A recorded voice")])
    accept = DecisionItem(filed.id or 0, DecisionKind.ACCEPT, note="Yes", findings=("ROBOCALL",))
    operations.decide(manager, items=[accept])
    unasked = kept(qa, found(queued(world, call(world, **facts))))
    committed()
    assert posted(unasked.data["dispute_id"]) == posted(filed.id or 0) != []


@pytest.mark.parametrize("verdict", [BILLABLE, UNCLEAR])
def test_any_other_verdict_moves_nothing(world: World, qa: Principal, verdict: ReviewVerdict) -> None:
    review = queued(world)
    with unchanged(but=("disputes_review", "journal_event")):
        answer = kept(qa, found(review, verdict, findings=("ORDINARY",), heard=()))
    assert set(answer.data) == {"verdict", "undo_until"}


def test_what_is_asked_of_buyers_does_not_bind(world: World, qa: Principal, buyer: Principal) -> None:
    program = operations.install_preset(SYSTEM, preset_key="lead_credit", key="leads", currency="USD")
    waiting = SubmitItem(world.charge(program=program).pk, "WRONG_NUMBER", "Another company")
    assert operations.submit(buyer, items=[waiting])[0].ok
    Customer.objects.filter(pk=world.customer.pk).update(dispute_permission=False)
    old = call(world, program=program, at=clock.now() - timedelta(days=40))
    assert kept(qa, found(queued(world, old))).data["state"] == "held"


def test_what_is_said_of_the_charge_binds(world: World, qa: Principal) -> None:
    review = queued(world, call(world, billed_at=None))
    with unchanged():
        (answer,) = operations.keep_review(qa, items=[found(review)])
    refused(answer, "NOT_BILLED", answer.message)


def test_above_ones_own_limit_it_waits_for_a_second_signature(world: World, qa: Principal, manager: Principal) -> None:
    limited = replace(qa, max_decision_micros={"USD": 44_000_000})
    review = queued(world)
    answer = kept(limited, found(review))
    assert answer.data["state"] == "recommended"
    waiting = Recommendation.objects.get()
    assert (waiting.by_id, waiting.credit_micros) == (qa.id, 45_000_000)
    (back,) = operations.take_back_review(limited, items=[review.pk])
    assert back.ok, back
    assert Dispute.objects.get().stage == Stage.WITHDRAWN


def test_what_was_not_granted_is_proposed_and_a_second_person_decides(
    world: World, manager: Principal, other_manager: Principal, buyer: Principal
) -> None:
    alone = world.person("qa", "ungranted")
    review = queued(world)
    answer = kept(alone, found(review))
    assert (answer.data["state"], answer.data["micros"]) == ("recommended", 45_000_000)
    assert not disputes_visible_to(buyer).exists()
    waiting = Recommendation.objects.get()
    sign = SignItem(waiting.public_id)
    with unchanged():
        with pytest.raises(NotPermitted):  # who finds does not decide
            operations.approve(alone, items=[sign])
        deciding = replace(alone, verbs=manager.verbs, max_decision_micros=without_limit())
        refused(operations.approve(deciding, items=[sign])[0], "OWN_RECOMMENDATION",
                operations.approve(deciding, items=[sign])[0].message)  # fmt: skip
    assert operations.approve(other_manager, items=[sign])[0].ok
    committed()
    assert Adjustment.objects.get(kind="credit").amount_micros == -45_000_000


def test_declined_it_is_taken_back_or_decided_otherwise(world: World, manager: Principal, buyer: Principal) -> None:
    alone = world.person("qa", "ungranted")
    for otherwise in (False, True):
        review = queued(world)
        found_one = kept(alone, found(review))
        waiting = Recommendation.objects.get(state="waiting")
        assert operations.decline(manager, items=[SignItem(waiting.public_id, "An ordinary inquiry")])[0].ok
        dispute = Dispute.objects.get(pk=found_one.data["dispute_id"])
        assert (dispute.stage, dispute.assignee_id) == (Stage.IN_REVIEW, manager.id)
        if otherwise:
            part = DecisionItem(dispute.pk, DecisionKind.PARTIAL, 5_000_000, "Half of it was talk")
            assert operations.decide(manager, items=[part])[0].ok
            committed()
            with unchanged():
                assert operations.take_back_review(alone, items=[review.pk])[0].code == "TAKE_BACK_ENDED"
        else:
            assert operations.take_back_review(alone, items=[review.pk])[0].ok
            dispute.refresh_from_db()
            assert dispute.stage == Stage.WITHDRAWN
            assert not disputes_visible_to(buyer).exists()
            kept(alone, found(review, BILLABLE))


def test_a_verdict_is_taken_back_with_its_decision(world: World, qa: Principal) -> None:
    review = queued(world)
    kept(qa, found(review, tags=("Robocall",), note="As heard."))
    (answer,) = operations.take_back_review(qa, items=[review.pk])
    assert answer.ok, answer
    review.refresh_from_db()
    assert (review.state, review.verdict, review.dispute_id) == (ReviewState.CLAIMED, None, None)
    assert (review.tags, review.note, review.heard[0]["start_ms"]) == (["robocall"], "As heard.", 2_000)
    assert Dispute.objects.get().stage == Stage.WITHDRAWN
    committed()
    assert not Adjustment.objects.exists()
    assert kept(qa, found(review)).data["state"] == "held"
    assert Dispute.objects.count() == 2


def test_a_buyer_hears_of_it_when_it_is_committed(world: World, qa: Principal, buyer: Principal) -> None:
    review = queued(world)

    def known() -> tuple[bool, ReviewState]:
        return (
            disputes_visible_to(buyer).exists(),
            review_of_charges([review.charge_id], buyer)[review.charge_id].state,
        )

    kept(qa, found(review))
    assert known() == (False, ReviewState.CLAIMED)
    assert visible_by_sql(buyer) == []
    number = Dispute.objects.get().number
    assert dispute_on(buyer, world.customer.pk, str(number)) is None
    assert dispute_on(qa, world.customer.pk, str(number)) is not None
    assert not Review.objects.filter(in_states(buyer, {ReviewState.DONE})).exists()
    operations.take_back_review(qa, items=[review.pk])
    assert known() == (False, ReviewState.CLAIMED)
    kept(qa, found(review))
    committed()
    assert known() == (True, ReviewState.DONE)
    assert visible_by_sql(buyer) == [Review.objects.get().dispute_id]


def visible_by_sql(principal: Principal) -> list[int]:
    """What statements in SQL show of disputes."""
    part = sql.load("disputes.in_view")
    joins = "JOIN billing_charge c ON c.id = d.charge_id JOIN parties_customer cu ON cu.id = d.customer_id"
    rows = f"disputes_dispute d {joins}"
    return [pk for (pk,) in fetch(f"SELECT d.id FROM {rows} WHERE {part}", view_parameters(principal))]  # noqa: S608


def test_a_billable_verdict_is_taken_back_in_time(world: World, qa: Principal) -> None:
    review = queued(world)
    kept(qa, found(review, BILLABLE))
    with clock.shifted(timedelta(seconds=10)), unchanged():
        (late,) = operations.take_back_review(qa, items=[review.pk])
    refused(late, "TAKE_BACK_ENDED",
            "The time to take this verdict back is over. A credit is reversed on the page of its dispute.")  # fmt: skip
    assert operations.take_back_review(qa, items=[review.pk])[0].ok
    with unchanged():
        (again,) = operations.take_back_review(qa, items=[review.pk])
    refused(again, "NOTHING_TO_TAKE_BACK",
            "There is no verdict to take back: it was never given, or it was taken back already.")  # fmt: skip


def test_a_credit_is_not_taken_back(world: World, qa: Principal) -> None:
    review = queued(world)
    kept(qa, found(review))
    committed()
    with clock.shifted(timedelta(seconds=12)), unchanged():
        (late,) = operations.take_back_review(qa, items=[review.pk])
    assert late.code == "TAKE_BACK_ENDED"


TAKEN = "other is reviewing this. Take the next one, or come back when it is free again."


def test_two_people_do_not_do_the_same(world: World, qa: Principal) -> None:
    other = world.person("qa", "other")
    review = queued(world)
    assert operations.claim_review(other, items=[review.pk])[0].ok
    with unchanged():
        refused(operations.claim_review(qa, items=[review.pk])[0], "REVIEW_TAKEN", TAKEN)
        refused(operations.keep_review(qa, items=[found(review)])[0], "REVIEW_TAKEN", TAKEN)
        assert operations.release_review(qa, items=[review.pk])[0].ok
    with clock.shifted(timedelta(minutes=3)):
        assert operations.free_lapsed() == 1
        assert operations.claim_review(qa, items=[review.pk])[0].ok
        with unchanged():
            assert operations.take_back_review(other, items=[review.pk])[0].code == "NOTHING_TO_TAKE_BACK"
        kept(qa, found(review, BILLABLE))
        with unchanged():
            refused(operations.keep_review(other, items=[found(review)])[0], "REVIEW_FINISHED",
                    "This review is finished already. Its verdict can be taken back for a short time.")  # fmt: skip
            refused(operations.take_back_review(other, items=[review.pk])[0], "REVIEW_NOT_YOURS",
                    "qa gave this verdict, and takes it back.")  # fmt: skip


def test_it_goes_back_into_the_queue(world: World, qa: Principal) -> None:
    review = queued(world)
    operations.claim_review(qa, items=[review.pk])
    operations.release_review(qa, items=[review.pk])
    review.refresh_from_db()
    assert (review.state, review.reviewer_id, review.claimed_until) == (ReviewState.QUEUED, None, None)


def test_a_disputed_charge_is_left_to_its_dispute(world: World, qa: Principal, make_dispute: DisputeMaker) -> None:
    review = queued(world)
    make_dispute(charge=review.charge)
    with unchanged(but=("disputes_review", "journal_event")):
        (answer,) = operations.keep_review(qa, items=[found(review)])
    refused(
        answer,
        "REVIEW_OVERTAKEN",
        "Somebody disputed this charge or corrected it meanwhile, so it is no longer reviewed unasked.",
    )
    review.refresh_from_db()
    assert review.state == ReviewState.CANCELED


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ({"findings": ("NONE",), "heard": ()}, "FINDING_UNKNOWN", '"NONE" is not among the findings of this decision.'),
        ({"heard": (HeardItem("ROBOCALL", 60_000),)}, "HEARD_BEYOND_RECORDING",
         "The recording ends at 1:00; a finding is heard before that."),
        ({"tags": ("x" * 41,)}, "BAD_TAG",
         f'A review has at most 12 tags of 1 to 40 characters each; "{"x" * 40}" does not fit.'),
        ({"findings": (), "heard": ()}, "REVIEW_REASON_REQUIRED",
         "A non-billable verdict says why: mark a finding that a reason goes with, or choose the reason."),
        ({"findings": ("ORDINARY",), "heard": ()}, "REVIEW_REASON_REQUIRED",
         "A non-billable verdict says why: mark a finding that a reason goes with, or choose the reason."),
        ({"reason": "NONE"}, "REASON_REQUIRED", None),
    ],
)  # fmt: skip
def test_what_cannot_be_kept(world: World, qa: Principal, said: dict[str, Any], code: str, message: str | None) -> None:
    review = queued(world)
    with unchanged():
        (answer,) = operations.keep_review(qa, items=[found(review, **said)])
    refused(answer, code, answer.message if message is None else message)


def test_nothing_is_heard_without_a_recording(world: World, qa: Principal) -> None:
    review = queued(world, call(world, heard=False))
    with unchanged():
        (answer,) = operations.keep_review(qa, items=[found(review)])
    assert answer.code == "NOTHING_TO_HEAR"


def test_only_people_review_and_only_in_sight(world: World, qa: Principal, csr: Principal, stranger: Principal) -> None:
    review = queued(world)
    with unchanged():
        (machine,) = operations.keep_review(SYSTEM, items=[found(review)])
        refused(machine, "REVIEWER_REQUIRED", "Only a person listens: a review needs somebody who is signed in.")
        (absent,) = operations.keep_review(qa, items=[ReviewItem(review.pk + 1, BILLABLE)])
        refused(absent, "NOT_FOUND", "Not found, or not yours.")
        for verb in (operations.claim_review, operations.release_review, operations.take_back_review):
            assert [answer.code for answer in verb(qa, items=[review.pk + 1])] == ["NOT_FOUND"]
            with pytest.raises(NotPermitted):
                verb(csr, items=[review.pk])
        with pytest.raises(NotPermitted):
            operations.keep_review(csr, items=[found(review)])
    assert not reviews_visible_to(stranger).exists()


def test_filing_unasked_needs_the_permission(world: World, buyer: Principal) -> None:
    item = SubmitItem(call(world).pk, "SPAM", "A recorded voice")
    with unchanged(), pytest.raises(NotPermitted):
        operations.submit(buyer, items=[item], origin=Origin.QA_PROACTIVE)


def test_it_uses_up_no_limit_and_no_rule_grants_it(world: World, qa: Principal) -> None:
    reviews = [queued(world) for _ in range(2)]
    for review in reviews:
        kept(qa, found(review))
    assert Review.objects.filter(dispute__isnull=False).count() == 2
    answer = operations.undo(SYSTEM, items=[Ref(Dispute.objects.earliest("pk").pk)])[0]
    assert answer.ok
