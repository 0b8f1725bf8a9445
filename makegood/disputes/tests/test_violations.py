"""What disputes forbids, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.range import TimestamptzRange

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem, Ref
from makegood.disputes.models import Decision, Dispute, Finding, PolicyVersion, Reason, Resolution
from makegood.disputes.states import DecisionKind, DecisionState, Outcome, Stage
from makegood.kernel import clock
from makegood.ledger.models import ChargeBalance, Hold
from makegood.parties.entries import SYSTEM, Principal
from tests.refusals import refused_by, run
from tests.world import ChargeMaker, DisputeMaker, World


def change(dispute: Dispute, **columns: Any) -> None:
    Dispute.objects.filter(pk=dispute.pk).update(**columns)


@pytest.fixture
def closed(make_dispute: DisputeMaker, manager: Principal) -> Dispute:
    """A dispute that was accepted, committed and closed."""
    dispute = make_dispute()
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])
    with clock.shifted(timedelta(minutes=2)):
        operations.commit_due()
    dispute.refresh_from_db()
    assert dispute.stage == Stage.CLOSED
    return dispute


@pytest.fixture
def held(make_dispute: DisputeMaker, manager: Principal) -> Decision:
    """A decision in its undo window."""
    dispute = make_dispute()
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])
    return Decision.objects.get()


def test_second_open_dispute_on_a_charge(make_dispute: DisputeMaker, make_charge: ChargeMaker) -> None:
    first, second = make_dispute(), make_dispute()
    withdrawn = {"stage": Stage.WITHDRAWN, "withdrawn_at": clock.now()}
    change(first, **withdrawn)
    change(second, stage=Stage.IN_REVIEW)
    other = Dispute.objects.get(pk=first.pk)
    copied = [f.attname for f in Dispute._meta.concrete_fields if f.attname not in {"id", "hold_key"}]
    other.pk, other.number, other.public_id = None, 1, "dsp_copy"
    other.charge_id, other.stage, other.withdrawn_at = second.charge_id, Stage.PENDING, None
    columns = {name: getattr(other, name) for name in copied}
    with refused_by("one_open_dispute_per_charge"):
        Dispute.objects.bulk_create([Dispute(**columns)])


def test_second_draft_of_one_author_on_a_charge(make_charge: ChargeMaker, buyer: Principal) -> None:
    (first,) = operations.save_draft(buyer, items=[DraftItem(make_charge().pk)])
    (second,) = operations.save_draft(buyer, items=[DraftItem(other := make_charge().pk)])
    with refused_by("one_draft_per_author"):
        Dispute.objects.filter(pk=first.id).update(charge_id=other)
    assert second.ok


def test_dispute_of_another_customer_than_its_charge(make_dispute: DisputeMaker, world: World) -> None:
    dispute = make_dispute()
    with refused_by("dispute_charge_fk"):
        change(dispute, customer=world.other_customer)


def test_dispute_in_another_currency_than_its_charge(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    with refused_by("dispute_charge_fk"):
        change(dispute, currency="EUR")


def test_dispute_on_another_charge_than_its_hold(make_dispute: DisputeMaker, make_charge: ChargeMaker) -> None:
    dispute = make_dispute()
    with refused_by("dispute_hold_fk"):
        change(dispute, charge=make_charge())


def test_hold_of_a_filed_dispute_stays(make_dispute: DisputeMaker) -> None:
    make_dispute()
    with refused_by("dispute_hold_fk"):
        Hold.objects.all().delete()


def test_draft_that_is_filed_without_a_hold(make_charge: ChargeMaker, buyer: Principal) -> None:
    (draft,) = operations.save_draft(buyer, items=[DraftItem(make_charge().pk)])
    with refused_by("dispute_hold_fk"):
        Dispute.objects.filter(pk=draft.id).update(stage=Stage.PENDING)


@pytest.mark.parametrize(
    "figure",
    [
        {"billed_micros": 44_000_000},
        {"tax_micros": 1},
        {"payout_micros": 1},
        {"payout_currency": "EUR"},
    ],
)
def test_balance_that_differs_from_its_charge(
    make_charge: ChargeMaker, buyer: Principal, figure: dict[str, Any]
) -> None:
    charge = make_charge()
    (draft,) = operations.save_draft(buyer, items=[DraftItem(charge.pk)])
    copied = ("currency", "billed_micros", "tax_micros", "payout_micros", "payout_currency")
    exact = {name: getattr(charge, name) for name in copied}
    ChargeBalance.objects.create(charge_id=charge.pk, **{**exact, **figure})
    Hold.objects.create(dispute_id=draft.id, charge_id=charge.pk, currency="USD")
    with refused_by("balance_matches_charge"):
        Dispute.objects.filter(pk=draft.id).update(stage=Stage.PENDING)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"amount_micros": -1}, "dispute_amount_not_negative"),
        ({"round": 0}, "dispute_round"),
        ({"round": 2}, "dispute_round_has_origin"),
        ({"round_origin": "reopened"}, "dispute_round_has_origin"),
        ({"decided_clawback_micros": 1}, "dispute_clawback_is_decided"),
        ({"stage": Stage.DECIDED, "commit_after": clock.now()}, "dispute_decided_has_outcome"),
        ({"stage": Stage.DECIDED, "outcome": Outcome.ACCEPTED}, "dispute_decided_has_outcome"),
        ({"outcome": Outcome.REJECTED}, "dispute_outcome_has_stage"),
        ({"stage": Stage.INFO_NEEDED, "outcome": Outcome.REJECTED}, "dispute_outcome_has_stage"),
        ({"stage": Stage.CLOSED}, "dispute_closed_has_time"),
        ({"closed_at": clock.now()}, "dispute_closed_has_time"),
        ({"stage": Stage.WITHDRAWN}, "dispute_withdrawn_has_time"),
        ({"withdrawn_at": clock.now()}, "dispute_withdrawn_has_time"),
        ({"decided_micros": -1}, "dispute_decided_within_amount"),
        ({"decided_micros": 45_000_001}, "dispute_decided_within_amount"),
    ],
)
def test_facts_of_a_dispute_that_do_not_fit(
    make_dispute: DisputeMaker, columns: dict[str, Any], constraint: str
) -> None:
    dispute = make_dispute()
    with refused_by(constraint):
        change(dispute, **columns)


@pytest.mark.parametrize(
    ("column", "constraint"),
    [
        ("program_id", "dispute_program_fk"),
        ("reason_id", "dispute_reason_fk"),
        ("policy_version_id", "dispute_policy_version_fk"),
        ("decided_by_id", "dispute_decided_by_fk"),
        ("assignee_id", "dispute_assignee_fk"),
        ("submitted_by_id", "dispute_submitted_by_fk"),
        ("created_by_id", "dispute_created_by_fk"),
        ("modified_by_id", "dispute_modified_by_fk"),
    ],
)
def test_dispute_that_names_what_does_not_exist(make_dispute: DisputeMaker, column: str, constraint: str) -> None:
    make_dispute()
    with refused_by(constraint):
        run(f"UPDATE disputes_dispute SET {column} = 999999")  # noqa: S608


REOPENED: dict[str, Any] = {
    "stage": Stage.PENDING,
    "closed_at": None,
    "outcome": None,
    "round": 2,
    "round_origin": "reopened",
}


@pytest.mark.parametrize(
    "columns",
    [
        {"amount_micros": 1},
        {"description": "Rewritten"},
        {"decision_note": "Rewritten"},
        {"closed_at": clock.now()},
        {"lock_version": 9},
        {**REOPENED, "stage": Stage.IN_REVIEW},
        {**REOPENED, "amount_micros": 1},
        {**REOPENED, "description": "Rewritten"},
        {**REOPENED, "submitted_by_id": None},
    ],
)
def test_closed_dispute_does_not_change(closed: Dispute, columns: dict[str, Any]) -> None:
    with refused_by("dispute_closed"):
        change(closed, **columns)


def test_closed_dispute_is_not_removed(closed: Dispute) -> None:
    with refused_by("dispute_closed"):
        run("DELETE FROM disputes_dispute")


def test_closed_dispute_may_be_reopened(closed: Dispute) -> None:
    change(closed, **REOPENED, decided_micros=None, decided_at=None, decided_by=None, commit_after=None)
    closed.refresh_from_db()
    assert (closed.stage, closed.round, closed.outcome) == (Stage.PENDING, 2, None)


def test_second_live_decision_in_a_round(held: Decision) -> None:
    facts = {"dispute_id": held.dispute_id, "round": 1, "kind": DecisionKind.ACCEPT, "micros": 1, "by_id": held.by_id}
    with refused_by("one_decision_per_round"):
        Decision.objects.create(**facts, state=DecisionState.HELD)
    Decision.objects.create(**facts, state=DecisionState.UNDONE)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"kind": DecisionKind.REJECT, "by_id": None}, "decision_only_people_refuse"),
        ({"micros": -1}, "decision_not_negative"),
        ({"clawback_micros": -1}, "decision_clawback_not_negative"),
        ({"dispute_id": 999_999}, "decision_dispute_fk"),
        ({"by_id": 999_999}, "decision_by_fk"),
    ],
)
def test_decision_that_nobody_could_make(make_dispute: DisputeMaker, facts: dict[str, Any], constraint: str) -> None:
    fitting = {"dispute_id": make_dispute().pk, "round": 1, "kind": DecisionKind.ACCEPT, "micros": 0, "state": "held"}
    with refused_by(constraint):
        Decision.objects.create(**{**fitting, **facts})


@pytest.mark.parametrize(
    "columns",
    [
        {"micros": 1},
        {"note": "Rewritten"},
        {"state": DecisionState.HELD},
        {"state": DecisionState.COMMITTED, "micros": 1},
    ],
)
def test_decision_changes_in_nothing_but_its_state(held: Decision, columns: dict[str, Any]) -> None:
    with refused_by("decision_leaves_held_once"):
        Decision.objects.filter(pk=held.pk).update(**columns)


@pytest.mark.parametrize("state", [DecisionState.HELD, DecisionState.UNDONE])
def test_committed_decision_stays_committed(closed: Dispute, state: DecisionState) -> None:
    with refused_by("decision_leaves_held_once"):
        closed.decisions.update(state=state)


def test_decision_is_not_removed(held: Decision) -> None:
    with refused_by("decision_leaves_held_once"):
        held.delete()


def test_decisions_are_not_emptied(held: Decision) -> None:
    with refused_by("decision_kept"):
        run("TRUNCATE disputes_decision, disputes_heard, disputes_recommendation, disputes_desk_time")


def test_resolution_of_another_program(make_dispute: DisputeMaker, world: World) -> None:
    other = operations.install_preset(SYSTEM, preset_key="call_marketplace", key="elsewhere")
    resolution = Resolution.objects.create(program=other, code="OK", label="Credited")
    dispute = make_dispute()
    with refused_by("dispute_resolution_fk"):
        change(dispute, resolution=resolution)


@pytest.mark.parametrize("columns", [{"rules": []}, {"note": "Rewritten"}, {"published_at": None}, {"number": 7}])
def test_published_policy_does_not_change(world: World, columns: dict[str, Any]) -> None:
    with refused_by("policy_published"):
        PolicyVersion.objects.update(**columns)


def test_published_policy_is_not_removed(world: World) -> None:
    with refused_by("policy_published"):
        PolicyVersion.objects.all().delete()


def test_published_policy_ends_once(world: World) -> None:
    version = PolicyVersion.objects.get()
    assert version.effective is not None
    start, now = version.effective.lower, clock.now()
    PolicyVersion.objects.update(effective=TimestamptzRange(start, now))
    for ends in (TimestamptzRange(start, None), TimestamptzRange(start, now + timedelta(1))):
        with refused_by("policy_published"):
            PolicyVersion.objects.update(effective=ends)


def version_of(world: World, **facts: Any) -> None:
    policy = PolicyVersion.objects.get(number=1).policy
    fitting = {"number": 2, "rules": [], "compiled_hash": "", "effective": TimestamptzRange(clock.now(), None)}
    PolicyVersion.objects.create(policy=policy, **{**fitting, **facts})


def test_policy_versions_that_overlap(world: World) -> None:
    with refused_by("policy_versions_do_not_overlap"):
        version_of(world, published_at=clock.now())
    version_of(world)


def test_two_policy_versions_of_one_number(world: World) -> None:
    with refused_by("policy_version_once"):
        version_of(world, number=1)


def test_published_policy_that_is_never_in_force(world: World) -> None:
    with refused_by("policy_published_is_effective"):
        version_of(world, published_at=clock.now(), effective=None)


def test_two_reasons_of_one_code(world: World) -> None:
    with refused_by("reason_once"):
        Reason.objects.create(program=world.program, code="SPAM", label="Spam again")


def test_reason_with_an_unknown_way_to_claw_back(world: World) -> None:
    with refused_by("reason_clawback_mode"):
        Reason.objects.filter(program=world.program).update(clawback_mode="propotional")


def test_disputed_charge_that_is_not_billed_yet_keeps_its_amounts(world: World) -> None:
    charge = world.charge(billed_at=None)
    ChargeBalance.objects.create(
        charge_id=charge.pk, currency="USD", billed_micros=45_000_000, payout_currency="USD", payout_micros=30_000_000
    )
    with refused_by("disputed_charge_keeps_amounts"):
        Charge.objects.filter(pk=charge.pk).update(billed_micros=1)


def test_two_findings_of_one_code(world: World) -> None:
    with refused_by("finding_once"):
        Finding.objects.create(program=world.program, code="PRANK", label="Prank again")


def test_withdrawn_dispute_frees_the_charge(make_dispute: DisputeMaker, buyer: Principal) -> None:
    first = make_dispute()
    operations.withdraw(buyer, items=[Ref(first.pk)])
    assert make_dispute(first.charge).charge_id == first.charge_id
