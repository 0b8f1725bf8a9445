"""The table against the operations: what it allows goes through as it says, what it lacks is refused."""

from __future__ import annotations

import inspect

import pytest

from makegood.disputes import operations
from makegood.disputes.lifecycle import TABLE, Effect, Verb, Who, allows, row_of
from makegood.disputes.states import FINISHED, OPEN, Stage
from makegood.disputes.tests.desk import (
    ASK,
    ASKED,
    FEE,
    PART,
    SUBMITTERS,
    SYSTEMS,
    Case,
    Desk,
    everything,
)
from makegood.journal.selectors import history
from makegood.ledger.models import ChargeBalance
from makegood.ledger.selectors import adjustments_of, entries_of
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import User
from makegood.parties.selectors import principal_of
from makegood.parties.states import Dimension, RoleKey
from makegood.parties.states import Verb as Permission
from tests.world import World

EVERY = [(verb, stage) for verb in ASK for stage in (None, *Stage)]
ALLOWED = [pair for pair in EVERY if allows(*pair)]
LACKING = [pair for pair in EVERY if not allows(*pair) and pair[0] is not Verb.SAVE_DRAFT]
"""A draft beside a filed dispute is a dispute of its own, so saving one is lacking nowhere."""
PERMISSION: dict[Who, Permission] = {
    Who.SUBMITTER: Permission.DISPUTE_CREATE,
    Who.DECIDER: Permission.DISPUTE_DECIDE,
    Who.ASSIGNEE: Permission.DISPUTE_DECIDE,
    Who.PERSON: Permission.DISPUTE_DECIDE,
    Who.AUTHOR: Permission.DISPUTE_DECIDE,
    Who.SECOND: Permission.DISPUTE_DECIDE,
    Who.REVERSER: Permission.DISPUTE_REVERSE,
    Who.FEE: Permission.DISPUTE_FEE,
    Who.EDITOR: Permission.DISPUTE_EDIT,
    Who.CLOSER: Permission.DISPUTE_CLOSE,
    Who.REOPENER: Permission.DISPUTE_REOPEN,
}
OPERATION = dict.fromkeys((Verb.ACCEPT, Verb.ACCEPT_PARTIAL, Verb.REJECT), "decide")
ASKED_BY_PEOPLE = [row for row in TABLE if row.verb not in SYSTEMS]


@pytest.fixture
def desk(world: World, buyer: Principal, manager: Principal, other_manager: Principal) -> Desk:
    return Desk(world, buyer, manager, other_manager)


def test_every_row_of_the_table_has_a_way_of_asking_and_an_operation() -> None:
    assert set(ASK) == {row.verb for row in TABLE} == set(Verb)
    assert [v for v in Verb if not hasattr(operations, OPERATION.get(v, v.value))] == []
    assert {row.verb for row in TABLE if row.who == {Who.SYSTEM}} == SYSTEMS
    assert {row.verb for row in TABLE if row.who <= {Who.SUBMITTER, Who.EDITOR}} == SUBMITTERS
    assert {verb for verb, _ in ALLOWED} == set(Verb)


# What the table allows


@pytest.mark.parametrize(("verb", "stage"), ALLOWED)
def test_what_the_table_allows_goes_through_with_its_stage_event_and_money(
    desk: Desk, verb: Verb, stage: Stage | None
) -> None:
    case, row = desk.case(stage, verb), row_of(verb)
    told, before, version = len(history("dispute", case.pk)), Money(case), version_of(case)
    (answer,) = desk.ask(verb, case)
    assert answer.ok, answer
    case.dispute = desk.world.program.dispute_set.get(pk=answer.id)
    assert answer.data["number"] == case.dispute.label
    assert case.stage is (row.to or stage)
    assert version_of(case) - version == (0 if stage is None else STEPS.get(verb, 1))
    (event,) = history("dispute", case.pk)[told:]
    assert (event.event, event.changes["label"]) == (f"dispute.{row.event}", case.dispute.label)
    asked_by = None if verb in SYSTEMS else desk.submitter.id if verb in SUBMITTERS else desk.decider.id
    assert event.principal == asked_by
    check_effect(row.effect, verb, before, Money(case))


STEPS = {Verb.SAVE_DRAFT: 0, Verb.CLAIM: 0, Verb.TAKE_OVER: 0, Verb.RELEASE: 0, Verb.BREACH: 0, Verb.ADJUST: 2}
"""By how much the version grows: not by who reviews, twice for what is decided and committed at once."""


class Money:
    """What a case holds: figures of its balance, its adjustments, and every posting of it."""

    def __init__(self, case: Case) -> None:
        balance = ChargeBalance.objects.filter(pk=case.charge.pk).first() or ChargeBalance()
        self.held = balance.held_micros
        self.given = (balance.credited_micros, balance.tax_credited_micros, balance.clawed_micros)
        booked = adjustments_of(case.pk)
        self.adjustments = [(a.kind, a.amount_micros, a.tax_micros, a.clawback_micros) for a in booked]
        self.postings = [[(p.account, p.currency, p.micros) for p in entry.postings] for entry in entries_of(case.pk)]
        for entry in entries_of(case.pk):
            assert sum(line.micros for line in entry.postings) == 0


HELD = {Verb.ACCEPT: ASKED, Verb.ACCEPT_PARTIAL: PART, Verb.AUTO_ACCEPT: ASKED, Verb.APPROVE: ASKED}
CREDITED = (PART, 1_600_000, 13_333_333)


def check_effect(effect: Effect, verb: Verb, before: Money, after: Money) -> None:
    """The money moved as the table's column says, and no other money."""
    assert after.held == (HELD[verb] if effect is Effect.HOLD else 0)
    new, posted = after.adjustments[len(before.adjustments) :], after.postings[len(before.postings) :]
    assert after.adjustments[: len(before.adjustments)] == before.adjustments
    if effect is Effect.CREDIT:
        assert (before.given, after.given) == ((0, 0, 0), CREDITED)
        assert new == [("credit", *(-micros for micros in CREDITED))]
    elif effect is Effect.INVERSE:
        assert (before.given, after.given) == (CREDITED, (0, 0, 0))
        assert new == [("reversal", *CREDITED)]
        assert sorted(posted[0]) == sorted((key, currency, -micros) for key, currency, micros in before.postings[0])
    elif effect is Effect.FEE:
        assert after.given == before.given == (0, 0, 0)
        assert new == [("reversal_fee", FEE, 400_000, 0)]
        sums = {key.partition(":")[0]: micros for key, _, micros in posted[0]}
        assert sums == {"AR": FEE + 400_000, "FEE_INCOME": -FEE, "TAX": -400_000}
    else:
        assert (after.given, new, posted) == (before.given, [], [])
        assert before.held == (PART if effect is Effect.VOID else 0)


def version_of(case: Case) -> int:
    return case.dispute.lock_version if case.dispute else 1


# What the table lacks

CODES: dict[Stage, tuple[str, str]] = {
    Stage.DRAFT: ("WRONG_STAGE", "{number} is still a draft, so this step is not possible."),
    Stage.PENDING: ("WRONG_STAGE", "{number} is waiting for a decision, so this step is not possible."),
    Stage.IN_REVIEW: ("WRONG_STAGE", "{number} is being reviewed, so this step is not possible."),
    Stage.INFO_NEEDED: ("WRONG_STAGE", "{number} is waiting for information, so this step is not possible."),
    Stage.DECIDED: ("ALREADY_DECIDED", "{number} was already decided."),
    Stage.RESOLVED: ("ALREADY_DECIDED", "{number} was already decided."),
    Stage.CLOSED: ("DISPUTE_CLOSED", "{number} is closed and cannot be changed."),
    Stage.WITHDRAWN: ("DISPUTE_CLOSED", "{number} is withdrawn and cannot be changed."),
}
WAITING_FOR_THE_DECISION = frozenset({Verb.ADJUST, Verb.REVERSE, Verb.APPLY_FEE, Verb.CLOSE})
PENDING = "A decision of {number} waits until its time to undo is over; then go on."
NOT_FOUND = ("NOT_FOUND", "Not found, or not yours.")


def lacking(verb: Verb, stage: Stage) -> tuple[str, str]:
    """The code and the sentence for a verb from a stage that the table does not have it from."""
    if verb is Verb.CLOSE and stage in FINISHED:
        return "ALREADY_CLOSED", "{number} is already " + stage.value + "."
    if verb is Verb.REOPEN and stage in OPEN:
        return "NOT_CLOSED", "{number} is still open."
    if stage is Stage.DECIDED and verb in WAITING_FOR_THE_DECISION:
        return "DECISION_PENDING", PENDING
    if verb is Verb.ADJUST and stage is Stage.RESOLVED:
        return "ALREADY_ADJUSTED", "{number} was already credited in this round."
    return CODES[stage]


def refusal_for(verb: Verb, case: Case) -> tuple[str, str]:
    """The code and the whole sentence for a verb that the table does not have from where the case stands."""
    if case.dispute is None:
        return NOT_FOUND
    stage, number = Stage(case.dispute.stage), case.dispute.label
    if verb is Verb.SUBMIT and stage is Stage.CLOSED:
        on = f"{case.dispute.closed_at:%-d %b %Y}"
        return "DISPUTE_FINAL", f"Already decided on {on} ({number}); the decision is final."
    if verb is Verb.SUBMIT and stage is Stage.WITHDRAWN:
        return "CONFLICT", "Somebody else changed this at the same moment. Look at it again, then repeat the step."
    if verb is Verb.SUBMIT:
        return "ALREADY_DISPUTED", f"Dispute {number} is already open."
    if verb in {Verb.APPROVE, Verb.DECLINE}:
        return NOT_FOUND  # nothing was recommended that could be named
    if stage is Stage.DRAFT and verb not in SUBMITTERS | {Verb.BREACH}:
        return NOT_FOUND
    if verb is Verb.CLAIM and stage is Stage.IN_REVIEW:
        return "LEASED", f"{number} is being reviewed by {case.dispute.assignee}."
    if stage is Stage.DECIDED and verb in SUBMITTERS:
        stage = Stage.IN_REVIEW  # the submitter hears of no decision before it is committed
    code, sentence = lacking(verb, stage)
    return code, sentence.format(number=number)


@pytest.mark.parametrize(("verb", "stage"), [pair for pair in LACKING if pair[0] is not Verb.COMMIT])
def test_what_the_table_lacks_is_refused_in_words_and_changes_nothing(
    desk: Desk, verb: Verb, stage: Stage | None
) -> None:
    case = desk.case(stage, verb)
    before = everything()
    (answer,) = desk.ask(verb, case)
    assert (answer.ok, answer.code, answer.message) == (False, *refusal_for(verb, case))
    assert everything() == before


@pytest.mark.parametrize("stage", [stage for verb, stage in LACKING if verb is Verb.COMMIT])
def test_commit_leaves_everything_that_waits_for_no_commit(desk: Desk, stage: Stage | None) -> None:
    case = desk.case(stage)
    before = everything()
    assert desk.ask(Verb.COMMIT, case) == []
    assert everything() == before


def test_a_draft_beside_a_filed_dispute_is_another_one(desk: Desk) -> None:
    case = desk.case(Stage.IN_REVIEW)
    (answer,) = desk.ask(Verb.SAVE_DRAFT, case)
    assert answer.id != case.pk
    assert history("dispute", case.pk)[-1].event == "dispute.claimed"


# Who may


def first_source(verb: Verb) -> Stage | None:
    """A stage the verb starts from."""
    stages: tuple[Stage | None, ...] = (*Stage, None)
    return next(stage for stage in stages if allows(verb, stage))


@pytest.mark.parametrize("row", ASKED_BY_PEOPLE, ids=lambda row: row.verb)
def test_whom_the_table_does_not_name_may_not(desk: Desk, row: object, request: pytest.FixtureRequest) -> None:
    assert isinstance(row, type(TABLE[0]))
    permission = next(PERMISSION[who] for who in sorted(row.who) if who is not Who.SYSTEM)
    case, refused = desk.case(first_source(row.verb), row.verb), set()
    sentence = f'This needs the permission "{permission.value}"; an administrator can grant it.'
    named = {role: "biller" if role is RoleKey.BILLING else role.value for role in RoleKey if role is not RoleKey.ADMIN}
    people = {role: request.getfixturevalue(name) for role, name in named.items()}
    before = everything()
    for role, who in people.items():
        if not who.can(permission):
            refused.add(role)
            with pytest.raises(NotPermitted) as raised:
                desk.ask(row.verb, case, who)
            assert raised.value.message == sentence
    assert everything() == before
    submits = {RoleKey.BUYER, RoleKey.CSR, RoleKey.BILLING}
    assert set(people) - refused == (submits if row.verb in SUBMITTERS else {RoleKey.MANAGER, RoleKey.BILLING})


@pytest.mark.parametrize("row", ASKED_BY_PEOPLE, ids=lambda row: row.verb)
def test_what_is_out_of_scope_does_not_exist(desk: Desk, row: object) -> None:
    assert isinstance(row, type(TABLE[0]))
    case = desk.case(first_source(row.verb), row.verb)
    asked_by = desk.submitter if row.verb in SUBMITTERS else desk.decider
    grants = User.objects.get(pk=asked_by.id).grants
    grants.update(dimension=Dimension.PROGRAM, value=str(desk.world.program.pk + 1))
    before = everything()
    (answer,) = desk.ask(row.verb, case, principal_of(User.objects.get(pk=asked_by.id)))
    assert (answer.ok, answer.code, answer.message) == (False, *NOT_FOUND)
    assert everything() == before


@pytest.mark.parametrize("verb", sorted(SYSTEMS))
def test_what_the_system_does_nobody_can_ask_for(verb: Verb) -> None:
    operation = getattr(operations, verb.value)
    assert next(iter(inspect.signature(operation).parameters)) == "ids"
