"""Steps of a case: what was foreseen is what is posted, joined steps are done whole or not at all."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    FeeItem,
    Foreseen,
    Ref,
    ReverseItem,
    Target,
    WordsItem,
)
from makegood.disputes.models import Dispute
from makegood.disputes.operations import foresee_case as foresee
from makegood.disputes.operations.joined import reopen_and_reverse, reverse_and_reject
from makegood.disputes.selectors.case_effects import StepEffect, step_effect
from makegood.disputes.selectors.detail import dispute_detail
from makegood.disputes.states import DecisionKind, Outcome, Stage
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import Posting
from makegood.ledger.selectors import proof
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

FEES = {"reversal_fee": {"default": "5.00", "max": "25.00"}, "fee_tax_rate": "0.08"}
MODES = ("none", "proportional", "full_on_accept", "capped_at_credit")


@pytest.fixture(autouse=True)
def program(world: World) -> World:
    """The marketplace with a program that reopens, keeps cases open and charges fees."""
    settings = {"auto_close": False, "reopen": True, "max_rounds": 5, **FEES}
    change_settings(SYSTEM, program=world.program, settings=settings)
    return world


def only(answers: list[Answer]) -> Answer:
    """The answer of a batch of one, which went through."""
    (answer,) = answers
    assert answer.ok, answer
    return answer


def credited(manager: Principal, dispute: Dispute, micros: int | None = None) -> Dispute:
    """The dispute, resolved with a credit of that much or of all."""
    item = AdjustItem(dispute.pk, dispute.amount_micros if micros is None else micros, "As heard.")
    only(operations.adjust(manager, items=[item]))
    return Dispute.objects.get(pk=dispute.pk)


def closed(manager: Principal, dispute: Dispute) -> Dispute:
    only(operations.close(manager, items=[CloseItem(dispute.pk)]))
    return Dispute.objects.get(pk=dispute.pk)


def table(manager: Principal, dispute: Dispute, said: Foreseen) -> StepEffect:
    return step_effect(manager, dispute_detail(manager, str(dispute.number)), said)


def books() -> dict[str, int]:
    """Micros by kind of account."""
    sums: dict[str, int] = {}
    for kind, micros in Posting.objects.values_list("account__kind", "micros"):
        sums[kind] = sums.get(kind, 0) + micros
    return sums


def check_posted(effect: StepEffect, before: dict[str, int]) -> None:
    """What the postings moved is what the table said, to the micro."""
    moved = {kind: micros - before.get(kind, 0) for kind, micros in books().items()}
    assert moved.get("AR", 0) == -effect.credit.micros - effect.tax.micros
    assert moved.get("AP", 0) == effect.clawback.micros
    buyer = effect.rows[0]
    assert buyer.before is not None
    assert buyer.after is not None
    assert buyer.after.micros == buyer.before.micros - effect.credit.micros


@pytest.mark.parametrize("seed", range(12))
def test_what_is_foreseen_is_what_is_posted(
    seed: int, world: World, manager: Principal, make_dispute: DisputeMaker
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable cases
    change_settings(SYSTEM, program=world.program, settings={"clawback": chance.choice(MODES)})
    billed = chance.randint(1, 90_000_000)
    dispute = make_dispute(
        billed_micros=billed, payout_micros=chance.randint(0, 2 * billed), tax_micros=chance.randint(0, billed)
    )
    micros = chance.choice([billed, chance.randint(1, billed)])
    typed = chance.choice([None, 0])
    item = AdjustItem(dispute.pk, micros, "As heard.", None, typed)
    effect, before = table(manager, dispute, foresee.foresee_adjust(manager, item)), books()
    assert effect.code == ""
    only(operations.adjust(manager, items=[item]))
    check_posted(effect, before)

    version = Dispute.objects.get(pk=dispute.pk).lock_version
    effect, before = table(manager, dispute, foresee.foresee_reverse(manager, Target(dispute.pk, version))), books()
    only(operations.reverse(manager, items=[ReverseItem(dispute.pk)]))
    check_posted(effect, before)

    fee = FeeItem(dispute.pk, chance.choice([None, chance.randint(1, 25_000_000)]))
    effect, before = table(manager, dispute, foresee.foresee_fee(manager, fee)), books()
    only(operations.apply_fee(manager, items=[fee]))
    check_posted(effect, before)
    assert table(manager, dispute, Foreseen()).rows[0].before == effect.rows[0].after
    assert proof().holds


def test_reopen_and_reverse_is_two_events_and_what_was_foreseen(manager: Principal, make_dispute: DisputeMaker) -> None:
    dispute = closed(manager, credited(manager, make_dispute(tax_micros=3_600_000), 20_000_000))
    item = WordsItem(dispute.pk, "The wrong call.", dispute.lock_version)
    effect, before = table(manager, dispute, foresee.foresee_reopen_and_reverse(manager, item)), books()
    assert [str(row.change) for row in effect.rows] == ["$20.00", "$13.333333", "$6.666667"]
    answer = only(reopen_and_reverse(manager, items=[item]))
    check_posted(effect, before)
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.round, dispute.lock_version) == (Stage.PENDING, 2, answer.data["version"])
    events = JournalEvent.objects.filter(object_id=dispute.pk).order_by("-id").values_list("event", flat=True)[:2]
    assert list(events) == ["dispute.reversed", "dispute.reopened"]


def test_reverse_and_reject_is_two_events(manager: Principal, make_dispute: DisputeMaker) -> None:
    dispute = closed(manager, credited(manager, make_dispute()))
    only(operations.reopen(manager, items=[WordsItem(dispute.pk, "Heard again.")]))
    dispute.refresh_from_db()
    foreseen = foresee.foresee_reverse_and_reject(manager, Target(dispute.pk, dispute.lock_version))
    effect, before = table(manager, dispute, foreseen), books()
    item = DecisionItem(dispute.pk, DecisionKind.REJECT, note="A person asked.", version=dispute.lock_version)
    answer = only(reverse_and_reject(manager, items=[item]))
    check_posted(effect, before)
    assert answer.data["credit_micros"] == 45_000_000
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome) == (Stage.DECIDED, Outcome.REJECTED)
    with clock.shifted(timedelta(minutes=1)):
        operations.commit_due()
    dispute.refresh_from_db()
    assert dispute.stage == Stage.RESOLVED
    assert proof().holds


def test_what_puts_a_closed_case_right_is_foreseen_too(manager: Principal, make_dispute: DisputeMaker) -> None:
    dispute = closed(manager, credited(manager, make_dispute()))
    item = WordsItem(dispute.pk, "Posted by mistake.", dispute.lock_version)
    effect, before = table(manager, dispute, foresee.foresee_correct(manager, item, "D-1", dispute.stage)), books()
    only(operations.correct(manager, items=[item]))
    check_posted(effect, before)
    dispute.refresh_from_db()
    assert dispute.stage == Stage.CLOSED


def _reopened_without_credit(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = closed(manager, make())
    return lambda: (reopen_and_reverse(manager, items=[WordsItem(dispute.pk, "Why not.")])[0], dispute)


def _reopened_while_open(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = credited(manager, make())
    return lambda: (reopen_and_reverse(manager, items=[WordsItem(dispute.pk, "Why not.")])[0], dispute)


def _reopened_without_cause(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = closed(manager, credited(manager, make()))
    return lambda: (reopen_and_reverse(manager, items=[WordsItem(dispute.pk, " ")])[0], dispute)


def _reopened_in_an_old_version(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = closed(manager, credited(manager, make()))
    return lambda: (reopen_and_reverse(manager, items=[WordsItem(dispute.pk, "Why not.", 1)])[0], dispute)


def _rejected_without_words(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = closed(manager, credited(manager, make()))
    only(operations.reopen(manager, items=[WordsItem(dispute.pk, "Heard again.")]))
    item = DecisionItem(dispute.pk, DecisionKind.REJECT)
    return lambda: (reverse_and_reject(manager, items=[item])[0], dispute)


def _rejected_without_credit(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = make()
    item = DecisionItem(dispute.pk, DecisionKind.REJECT, note="A person asked.")
    return lambda: (reverse_and_reject(manager, items=[item])[0], dispute)


def _rejected_when_resolved(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = credited(manager, make())
    item = DecisionItem(dispute.pk, DecisionKind.REJECT, note="A person asked.")
    return lambda: (reverse_and_reject(manager, items=[item])[0], dispute)


def _accepted_instead(manager: Principal, make: DisputeMaker) -> Callable[[], tuple[Answer, Dispute]]:
    dispute = credited(manager, make())
    item = DecisionItem(dispute.pk, DecisionKind.ACCEPT)
    return lambda: (reverse_and_reject(manager, items=[item])[0], dispute)


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (_reopened_without_credit, "NOT_ADJUSTED", "{0} has no credit that could be reversed."),
        (_reopened_while_open, "NOT_CLOSED", "{0} is still open."),
        (_reopened_without_cause, "CAUSE_REQUIRED", "Please say why."),
        (
            _reopened_in_an_old_version,
            "VERSION_MISMATCH",
            "{0} was changed meanwhile. Look at it again, then repeat the step.",
        ),
        (_rejected_without_words, "EXPLANATION_REQUIRED", "Please add a few words that explain it."),
        (_rejected_without_credit, "NOT_ADJUSTED", "{0} has no credit that could be reversed."),
        (_rejected_when_resolved, "ALREADY_DECIDED", "{0} was already decided."),
        (_accepted_instead, "DECISION_NOT_OFFERED", "This program does not offer that decision."),
    ],
)
def test_a_joined_step_that_fails_changes_nothing(
    asked: Callable[[Principal, DisputeMaker], Callable[[], tuple[Answer, Dispute]]],
    code: str,
    message: str,
    manager: Principal,
    make_dispute: DisputeMaker,
) -> None:
    ask = asked(manager, make_dispute)
    with unchanged():
        answer, dispute = ask()
    refused(answer, code, message.format(dispute))


def test_out_of_scope_is_absent(stranger: Principal, manager: Principal, make_dispute: DisputeMaker) -> None:
    dispute = closed(manager, credited(manager, make_dispute()))
    other = Principal(**{**vars(manager), "scope": stranger.scope})
    reject = DecisionItem(dispute.pk, DecisionKind.REJECT, note="A person asked.")
    with unchanged():
        refused(
            reopen_and_reverse(other, items=[WordsItem(dispute.pk, "x")])[0], "NOT_FOUND", "Not found, or not yours."
        )
        refused(reverse_and_reject(other, items=[reject])[0], "NOT_FOUND", "Not found, or not yours.")


def test_looking_writes_nothing_and_says_what_the_step_would(manager: Principal, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    only(operations.claim(manager, items=[Ref(dispute.pk)]))
    with unchanged():
        found = [
            foresee.foresee_adjust(manager, AdjustItem(dispute.pk, 46_000_000, "x")),
            foresee.foresee_reverse(manager, Target(dispute.pk, dispute.lock_version)),
            foresee.foresee_fee(manager, FeeItem(dispute.pk)),
            foresee.foresee_reopening(manager, WordsItem(dispute.pk, "x")),
            foresee.foresee_closing(manager, CloseItem(dispute.pk, "NO_SUCH")),
            foresee.foresee_correct(manager, WordsItem(dispute.pk, "x"), str(dispute), dispute.stage),
        ]
    assert [one.code for one in found] == [
        "AMOUNT_EXCEEDS_ASKED",
        "NOT_ADJUSTED",
        "NOT_REVERSED",
        "NOT_CLOSED",
        "UNKNOWN_RESOLUTION",
        "NOT_CLOSED",
    ]
