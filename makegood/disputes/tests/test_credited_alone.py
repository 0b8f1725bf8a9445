"""What somebody credits alone of a charge never exceeds their limit, however it is split up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    PlanParams,
    Ref,
    ReverseItem,
    SignItem,
    WordsItem,
)
from makegood.disputes.models import Decision, Dispute, Recommendation, Resolution
from makegood.disputes.selectors.effects import effects
from makegood.disputes.states import DecisionKind, Door, PlanVerb
from makegood.disputes.tests.money import commit_later, decide, item
from makegood.kernel.errors import Refusal
from makegood.ledger.models import Adjustment
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import change_settings
from makegood.parties.policy import without_limit
from makegood.parties.selectors import principal_of
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

MILLION = 1_000_000
LIMIT = 20 * MILLION
OPEN_WORLD = {
    "decisions": ["accept", "partial", "reject"], "auto_close": False, "reopen": True, "max_rounds": 50,
    "re_review": {"allowed": True, "other_reviewer": False},
}  # fmt: skip
REFUSED = f"This is above the amount you may decide alone (${LIMIT // MILLION}.00 of one charge in all)."


def alone(person: Principal, charge_id: int) -> int:
    """What stands of a charge that the person credited, in micros, and nobody signed."""
    total = 0
    for credit in Adjustment.objects.filter(charge_id=charge_id, kind="credit"):
        if Adjustment.objects.filter(parent_id=credit.pk).exists():
            continue
        made = Decision.objects.get(dispute=credit.dispute_id, round=credit.round, state="committed")
        if made.by_id == person.id and not Recommendation.objects.filter(decision=made).exists():
            total -= credit.amount_micros
    return total


def limited(who: Principal, **micros: int) -> Principal:
    """The same person with a limit of their own, as it is kept."""
    User.objects.filter(pk=who.id or 0).update(max_decision_micros=micros or {"USD": LIMIT})
    return principal_of(User.objects.select_related("role").get(pk=who.id or 0))


@pytest.fixture
def mia(world: World, manager: Principal) -> Principal:
    """A manager who decides up to 20.00 USD alone, in a program where everything can be asked for again."""
    change_settings(SYSTEM, program=world.program, settings=OPEN_WORLD)
    return limited(manager)


def again(who: Principal, dispute: Dispute) -> None:
    """Close and open it again: its next round."""
    assert operations.close(who, items=[CloseItem(dispute.pk, note="Done")])[0].ok
    assert operations.reopen(who, items=[WordsItem(dispute.pk, "Once more")])[0].ok


@pytest.mark.parametrize("door", ["decide", "adjust"])
def test_a_second_round_counts_what_the_first_gave(mia: Principal, make_dispute: DisputeMaker, door: str) -> None:
    dispute = make_dispute()
    assert operations.adjust(mia, items=[AdjustItem(dispute.pk, 12 * MILLION, note="A part")])[0].ok
    again(mia, dispute)
    more = 9 * MILLION
    with unchanged():
        if door == "adjust":
            (answer,) = operations.adjust(mia, items=[AdjustItem(dispute.pk, more, note="And more")])
        else:
            (answer,) = decide(mia, item(dispute, DecisionKind.PARTIAL, more))
        refused(answer, "OVER_LIMIT", REFUSED)
        (line,) = effects(mia, items=[item(dispute, DecisionKind.PARTIAL, more)]).lines
    assert (line.code, line.message) == ("OVER_LIMIT", REFUSED)
    assert operations.adjust(mia, items=[AdjustItem(dispute.pk, 8 * MILLION, note="And more")])[0].ok
    assert alone(mia, dispute.charge_id) == LIMIT


def test_what_somebody_else_gave_or_signed_is_not_counted(
    mia: Principal, other_manager: Principal, make_dispute: DisputeMaker
) -> None:
    dispute = make_dispute()
    assert operations.adjust(other_manager, items=[AdjustItem(dispute.pk, 10 * MILLION, note="A part")])[0].ok
    again(mia, dispute)
    whole = DecisionItem(dispute.pk, DecisionKind.PARTIAL, 15 * MILLION, "Heard")
    assert operations.decide_or_recommend(mia, items=[whole])[0].data["state"] == "held"
    commit_later()
    again(mia, dispute)
    (waits,) = operations.decide_or_recommend(mia, items=[replace(whole, micros=6 * MILLION)])
    assert waits.data["state"] == "recommended"
    assert operations.approve(other_manager, items=[SignItem(waits.data["recommendation"])])[0].ok
    commit_later()
    assert alone(mia, dispute.charge_id) == 15 * MILLION
    again(mia, dispute)
    assert operations.adjust(mia, items=[AdjustItem(dispute.pk, 5 * MILLION, note="The rest of hers")])[0].ok


def test_a_reversal_gives_it_back(mia: Principal, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    assert operations.adjust(mia, items=[AdjustItem(dispute.pk, LIMIT, note="A part")])[0].ok
    assert operations.reverse(mia, items=[ReverseItem(dispute.pk, note="Wrong")])[0].ok
    again(mia, dispute)
    assert operations.adjust(mia, items=[AdjustItem(dispute.pk, LIMIT, note="Right")])[0].ok
    assert alone(mia, dispute.charge_id) == LIMIT


def test_a_resolution_does_not_lift_it(mia: Principal, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    label = Resolution.objects.create(program=dispute.program, code="GOODWILL", label="Goodwill")
    over = AdjustItem(dispute.pk, LIMIT + 1, note="A part", resolution=label.code)
    with unchanged():
        refused(operations.adjust(mia, items=[over])[0], "OVER_LIMIT", REFUSED)
        refused(operations.adjust_or_recommend(mia, items=[over])[0], "OVER_LIMIT", REFUSED)
    # Two rows of one call are one dispute.
    half = AdjustItem(dispute.pk, 15 * MILLION, note="A part")
    answers = operations.adjust(mia, items=[half, half])
    assert [answer.code for answer in answers] == ["", "ALREADY_DECIDED"]
    assert alone(mia, dispute.charge_id) == 15 * MILLION


def test_a_limit_of_one_currency_is_nothing_in_another(
    world: World, mia: Principal, make_dispute: DisputeMaker
) -> None:
    dispute = make_dispute()
    abroad = limited(mia, EUR=900 * MILLION)
    with unchanged():
        (answer,) = operations.adjust(abroad, items=[AdjustItem(dispute.pk, 1, note="A part")])
        refused(answer, "OVER_LIMIT", "This is above the amount you may decide alone ($0.00 of one charge in all).")
        # What was never granted is nothing, and not everything.
        unsaid = replace(mia, max_decision_micros={})
        assert operations.adjust(unsaid, items=[AdjustItem(dispute.pk, 1, note="A part")])[0].code == "OVER_LIMIT"
        assert decide(unsaid, item(dispute))[0].code == "OVER_LIMIT"
    unbound = replace(mia, max_decision_micros=without_limit())
    assert decide(unbound, item(dispute))[0].ok


# Whatever somebody does


class Walk:
    """One person with a limit, a colleague without one, and all that can be done to one dispute."""

    def __init__(self, seed: int, mia: Principal, colleague: Principal, dispute: Dispute) -> None:
        self.random, self.mia, self.colleague, self.dispute = Random(seed), mia, colleague, dispute  # noqa: S311
        self.verbs: list[Callable[[], Any]] = [
            self.accept, self.part, self.adjust, self.adjust, self.bulk, self.undo, commit_later, self.reverse,
            self.again, self.again, self.recommend, self.sign, self.colleagues,
        ]  # fmt: skip

    def amount(self) -> int:
        return self.random.choice([1, 5, 12, 19, 20, 21, 30]) * MILLION

    def accept(self) -> None:
        decide(self.mia, item(self.dispute), door=self.random.choice([Door.DESK, Door.API]))

    def part(self) -> None:
        decide(self.mia, item(self.dispute, DecisionKind.PARTIAL, self.amount()), door=Door.API)

    def adjust(self) -> None:
        operations.adjust(self.mia, items=[AdjustItem(self.dispute.pk, self.amount(), note="A part")] * 2)

    def bulk(self) -> None:
        verb = self.random.choice([PlanVerb.ACCEPT, PlanVerb.ADJUST])
        params = PlanParams(note="Heard", each_micros=self.amount() if verb is PlanVerb.ADJUST else None)
        try:
            made = operations.plan_bulk(self.mia, verb=verb, selection=[self.dispute.public_id], params=params)
            operations.commit_plan(self.mia, made.id)
        except Refusal:
            return

    def undo(self) -> None:
        operations.undo(self.mia, items=[Ref(self.dispute.pk)])

    def reverse(self) -> None:
        who = self.random.choice([self.mia, self.colleague])
        operations.reverse(who, items=[ReverseItem(self.dispute.pk, note="Wrong")])

    def again(self) -> None:
        operations.close(self.mia, items=[CloseItem(self.dispute.pk, note="Done")])
        operations.reopen(self.mia, items=[WordsItem(self.dispute.pk, "Once more")])

    def recommend(self) -> None:
        part = item(self.dispute, DecisionKind.PARTIAL, self.amount())
        operations.decide_or_recommend(self.mia, items=[part], door=Door.API)

    def sign(self) -> None:
        waiting = Recommendation.objects.filter(state="waiting").values_list("public_id", flat=True)
        operations.approve(self.random.choice([self.mia, self.colleague]), items=[SignItem(one) for one in waiting])

    def colleagues(self) -> None:
        operations.adjust(self.colleague, items=[AdjustItem(self.dispute.pk, self.amount(), note="A part")])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_no_sequence_credits_more_alone(
    mia: Principal, other_manager: Principal, make_dispute: DisputeMaker, seed: int
) -> None:
    dispute = make_dispute(billed_micros=90 * MILLION)
    walk = Walk(seed, mia, other_manager, dispute)
    reached = 0
    for _ in range(40):
        walk.random.choice(walk.verbs)()
        now = alone(mia, dispute.charge_id)
        assert now <= LIMIT
        reached = max(reached, now)
    assert reached > 0
