"""Deciding: as one, as many, as many with a bad one; every refusal by code, sentence and rows untouched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, WordsItem
from makegood.disputes.models import Decision, Dispute, Finding
from makegood.disputes.states import DecisionKind, Door, Stage
from makegood.disputes.tests.money import ACCEPT, PARTIAL, REJECT, commit_later, decide, item
from makegood.journal.errors import KeyReused
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import ChargeBalance, Hold, Posting
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Role, User
from makegood.parties.operations import change_settings, grant_verbs
from makegood.parties.selectors import principal_of
from makegood.parties.states import Dimension, Verb
from tests.refusals import refused, run, unchanged
from tests.world import DisputeMaker, World

OUT_OF_RANGE = "A part is above zero and below the asked amount of $45.00."


def refuse(answers: list[Answer], code: str, message: str) -> None:
    (answer,) = answers
    refused(answer, code, message)


@pytest.mark.parametrize(
    ("kind", "micros", "outcome", "held"),
    [
        (ACCEPT, None, "accepted", 45_000_000),
        (PARTIAL, 20_000_000, "accepted_partial", 20_000_000),
        (REJECT, None, "rejected", 0),
    ],
)
def test_decision_holds_money_and_waits(
    make_dispute: DisputeMaker, manager: Principal, kind: DecisionKind, micros: int | None, outcome: str, held: int
) -> None:
    dispute = make_dispute()
    now = clock.now()
    with clock.frozen(now):
        (answer,) = decide(manager, item(dispute, kind, micros, findings=("ROBOCALL", "NO_SUCH")))
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome, dispute.decided_micros) == (Stage.DECIDED, outcome, held)
    assert (dispute.decided_by_id, dispute.decided_at, dispute.decision_note) == (manager.id, now, "We listened to it.")
    assert dispute.commit_after == now + timedelta(seconds=10)
    assert dispute.finding_ids == [Finding.objects.get(code="ROBOCALL").pk]
    assert answer.data["version"] == dispute.lock_version == 2
    assert (Hold.objects.get().held_micros, ChargeBalance.objects.get().held_micros) == (held, held)
    assert Posting.objects.count() == 0
    decision = Decision.objects.get()
    assert (decision.kind, decision.micros, decision.state, decision.by_id) == (kind, held, "held", manager.id)
    changes = JournalEvent.objects.get(event="dispute.decided").changes
    assert (changes["outcome"], changes["micros"], changes["currency"]) == (outcome, held, "USD")


def test_many_with_one_bad_decide_the_others(make_dispute: DisputeMaker, manager: Principal) -> None:
    disputes = [make_dispute() for _ in range(4)]
    bad = item(disputes[2], PARTIAL, 45_000_000)
    answers = decide(manager, item(disputes[0]), item(disputes[1]), bad, item(disputes[3]), door=Door.BULK)
    assert [(a.ordinal, a.ok, a.id) for a in answers] == [(n, n != 2, d.pk) for n, d in enumerate(disputes)]
    refused(answers[2], "PARTIAL_OUT_OF_RANGE", OUT_OF_RANGE)
    assert JournalEvent.objects.filter(event="dispute.decided").count() == 3
    untouched = Dispute.objects.get(pk=disputes[2].pk)
    assert (untouched.stage, untouched.lock_version) == (Stage.PENDING, 1)
    assert Decision.objects.values("batch").distinct().count() == 1


def test_same_dispute_twice_in_a_batch_is_decided_once(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    first, second = decide(manager, item(dispute), item(dispute, REJECT))
    assert first.ok
    refused(second, "ALREADY_DECIDED", "This dispute was already decided.")


@pytest.mark.parametrize(("door", "seconds"), [(Door.DESK, 10), (Door.BULK, 60), (Door.API, 0), (Door.SYSTEM, 0)])
def test_undo_window_of_the_door(make_dispute: DisputeMaker, manager: Principal, door: Door, seconds: int) -> None:
    dispute = make_dispute()
    now = clock.now()
    with clock.frozen(now):
        decide(manager, item(dispute), door=door)
    dispute.refresh_from_db()
    assert dispute.commit_after == now + timedelta(seconds=seconds)
    assert dispute.stage == (Stage.CLOSED if seconds == 0 else Stage.DECIDED)
    assert bool(Posting.objects.count()) == (seconds == 0)


@pytest.mark.parametrize(
    ("kind", "micros", "facts", "code", "message"),
    [
        (PARTIAL, None, {}, "PARTIAL_OUT_OF_RANGE", OUT_OF_RANGE),
        (PARTIAL, 0, {}, "PARTIAL_OUT_OF_RANGE", OUT_OF_RANGE),
        (PARTIAL, -1, {}, "PARTIAL_OUT_OF_RANGE", OUT_OF_RANGE),
        (PARTIAL, 45_000_000, {}, "PARTIAL_OUT_OF_RANGE", OUT_OF_RANGE),
        (PARTIAL, 1, {"note": ""}, "EXPLANATION_REQUIRED", "Please add a few words that explain it."),
        (REJECT, None, {"note": " "}, "EXPLANATION_REQUIRED", "Please add a few words that explain it."),
    ],
)
def test_decision_that_is_refused(
    make_dispute: DisputeMaker,
    manager: Principal,
    kind: DecisionKind,
    micros: int | None,
    facts: dict[str, Any],
    code: str,
    message: str,
) -> None:
    dispute = make_dispute()
    with unchanged():
        answers = decide(manager, item(dispute, kind, micros, **facts))
    refuse(answers, code, message)


def test_version_that_is_not_the_present_one(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        answers = decide(manager, item(dispute, version=2))
    sentence = f"{dispute} was changed meanwhile. Look at it again, then repeat the step."
    refuse(answers, "VERSION_MISMATCH", sentence)


def test_decision_that_the_program_does_not_offer(make_dispute: DisputeMaker, manager: Principal, world: World) -> None:
    dispute = make_dispute()
    change_settings(SYSTEM, program=world.program, settings={"decisions": ["accept", "reject"]})
    with unchanged():
        answers = decide(manager, item(dispute, PARTIAL, 1))
    refuse(answers, "DECISION_NOT_OFFERED", "This program does not offer that decision.")


def test_decision_on_a_decided_closed_or_withdrawn_one(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal
) -> None:
    decided, closed, withdrawn = (make_dispute() for _ in range(3))
    decide(manager, item(closed), door=Door.API)
    decide(manager, item(decided))
    operations.withdraw(buyer, items=[Ref(withdrawn.pk)])
    with unchanged():
        answers = decide(manager, item(decided), item(closed), item(withdrawn))
    refused(answers[0], "ALREADY_DECIDED", f"{decided} was already decided.")
    refused(answers[1], "DISPUTE_CLOSED", f"{closed} is closed and cannot be changed.")
    refused(answers[2], "DISPUTE_CLOSED", f"{withdrawn} is withdrawn and cannot be changed.")


def test_system_never_refuses(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    with unchanged():
        answers = decide(SYSTEM, item(dispute, REJECT), door=Door.SYSTEM)
    refuse(answers, "PERSON_REQUIRED", "Only a person can refuse a dispute.")


def test_system_may_grant(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    decide(SYSTEM, item(dispute), door=Door.SYSTEM)
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome, dispute.decided_by_id) == (Stage.CLOSED, "accepted", None)


def with_limit(manager: Principal, micros: int, *more: Verb) -> Principal:
    role = Role.objects.get(key="manager")
    verbs = frozenset(Verb(verb) for verb in role.verbs) | set(more)
    grant_verbs(SYSTEM, role=role, verbs=verbs, max_decision_micros={"USD": micros})
    return principal_of(User.objects.get(pk=manager.id))


def test_decision_above_authority(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    limited = with_limit(manager, 20_000_000)
    with unchanged():
        answers = decide(limited, item(dispute)) + decide(limited, item(dispute, PARTIAL, 20_000_001))
    for answer in answers:
        refused(answer, "OVER_LIMIT", "This is above the amount you may decide alone ($20.00 of one charge in all).")
    (at_the_limit,) = decide(limited, item(dispute, PARTIAL, 20_000_000))
    assert at_the_limit.ok


def test_refusing_needs_no_authority(make_dispute: DisputeMaker, manager: Principal) -> None:
    (answer,) = decide(with_limit(manager, 1), item(make_dispute(), REJECT))
    assert answer.ok


def test_authority_in_one_currency_is_none_in_another(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute, limited = make_dispute(currency="JPY"), with_limit(manager, 100_000_000)
    with unchanged():
        (answer,) = decide(limited, item(dispute))
    refused(answer, "OVER_LIMIT", "This is above the amount you may decide alone (¥0 of one charge in all).")


def test_decision_above_authority_with_the_verb_for_it(make_dispute: DisputeMaker, manager: Principal) -> None:
    limited = with_limit(manager, 1, Verb.DISPUTE_DECIDE_OVER_LIMIT)
    assert decide(limited, item(make_dispute()))[0].ok


def reopen(manager: Principal, dispute: Dispute) -> None:
    """Begin round two, in a program that reopens."""
    change_settings(SYSTEM, program=dispute.program, settings={"reopen": True})
    (answer,) = operations.reopen(manager, items=[WordsItem(dispute.pk, "Another look")])
    assert answer.ok, answer


def test_refusing_while_a_credit_is_live(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute, PARTIAL, 20_000_000), door=Door.API)
    reopen(manager, dispute)
    with unchanged():
        answers = decide(manager, item(dispute, REJECT))
    refuse(answers, "CREDIT_LIVE", f"A credit of {dispute} is live; reverse it before refusing.")


def test_granting_more_than_is_left(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute, PARTIAL, 20_000_000), door=Door.API)
    reopen(manager, dispute)
    with unchanged():
        (answer,) = decide(manager, item(dispute, PARTIAL, 25_000_001))
    refused(answer, "AMOUNT_EXCEEDS_REMAINING", "Only $25.00 of this charge is left.")
    (rest,) = decide(manager, item(dispute, PARTIAL, 25_000_000), door=Door.API)
    assert rest.ok
    balance = ChargeBalance.objects.get()
    assert (balance.credited_micros, balance.clawed_micros, balance.held_micros) == (45_000_000, 30_000_000, 0)


def test_dispute_out_of_scope(make_dispute: DisputeMaker, manager: Principal, world: World) -> None:
    dispute = make_dispute()
    User.objects.get(pk=manager.id).grants.update(dimension=Dimension.PROGRAM, value=str(world.program.pk + 1))
    elsewhere = principal_of(User.objects.get(pk=manager.id))
    with unchanged():
        answers = decide(elsewhere, item(dispute), DecisionItem(999_999, ACCEPT))
    for answer in answers:
        refused(answer, "NOT_FOUND", "Not found, or not yours.")


@pytest.mark.parametrize("who", ["buyer", "vendor", "csr", "qa"])
def test_who_may_not_decide(make_dispute: DisputeMaker, who: str, request: pytest.FixtureRequest) -> None:
    dispute = make_dispute()
    principal: Principal = request.getfixturevalue(who)
    with unchanged(), pytest.raises(NotPermitted) as raised:
        decide(principal, item(dispute))
    assert raised.value.message == 'This needs the permission "dispute.decide"; an administrator can grant it.'


@pytest.mark.parametrize("door", [Door.BULK, Door.API])
def test_repeated_key_has_one_effect(make_dispute: DisputeMaker, manager: Principal, door: Door) -> None:
    items = [item(make_dispute()), item(make_dispute(), PARTIAL, 0)]
    first = decide(manager, *items, door=door, key="k")
    with unchanged():
        assert decide(manager, *items, door=door, key="k") == first
    assert [answer.ok for answer in first] == [True, False]


def test_key_with_another_door_or_item(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute), key="k")
    other = make_dispute()
    with unchanged():
        for items, door in ((item(dispute), Door.BULK), (item(other), Door.DESK)):
            with pytest.raises(KeyReused):
                decide(manager, items, door=door, key="k")


def test_claimed_by_another_reviewer_may_still_be_decided(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    operations.claim(other_manager, items=[Ref(dispute.pk)])
    assert decide(manager, item(dispute))[0].ok


def test_law_that_refuses_reads_like_a_rule(make_dispute: DisputeMaker, manager: Principal) -> None:
    good, torn = make_dispute(), make_dispute()
    run("INSERT INTO disputes_decision (dispute_id, round, kind, micros, finding_ids, note, batch, state)"
        " VALUES (%(dispute)s, 1, 'accept', 0, '{}', '', '', 'held')", dispute=torn.pk)  # fmt: skip
    answers = decide(manager, item(good), item(torn))
    assert answers[0].ok
    refused(answers[1], "ALREADY_DECIDED", "This dispute was already decided.")
    assert Dispute.objects.get(pk=torn.pk).stage == Stage.PENDING
    assert len(commit_later()) == 1
