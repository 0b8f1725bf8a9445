"""Ways to claw back: each mode, who overrides whom, what a manager types, and the preview that foretells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, CloseItem, DecisionItem, Ref, WordsItem
from makegood.disputes.errors import UnknownClawback
from makegood.disputes.models import Decision, Dispute, Reason, Resolution
from makegood.disputes.selectors.effects import effects
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.states import Door
from makegood.disputes.tests.money import PARTIAL, REJECT, commit_later, decide, item
from makegood.journal.models import JournalEvent
from makegood.ledger.models import ChargeBalance
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from makegood.ledger.states import ClawbackMode
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Vendor
from makegood.parties.operations import change_settings
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

TEN, FIFTEEN, THIRTY, DEAR = 10_000_000, 15_000_000, 30_000_000, 90_000_000


def taken(manager: Principal, grant: DecisionItem) -> int:
    """What a decision takes back from the vendor; the preview says the same before."""
    with unchanged():
        (line,) = effects(manager, items=[grant]).lines
    (answer,) = decide(manager, grant)
    assert answer.ok, answer
    (done,) = commit_later()
    assert line.clawback_micros == done.data["clawback_micros"]
    assert proof().holds
    assert list(broken(LAWS)) == []
    return line.clawback_micros


@pytest.mark.parametrize(
    ("mode", "whole", "part", "of_a_dear_call"),
    [
        (ClawbackMode.NONE, 0, 0, 0),
        (ClawbackMode.PROPORTIONAL, THIRTY, TEN, DEAR),
        (ClawbackMode.FULL_ON_ACCEPT, THIRTY, TEN, DEAR),
        (ClawbackMode.CAPPED_AT_CREDIT, THIRTY, FIFTEEN, 45_000_000),
    ],
)
def test_each_mode_takes_its_share(
    make_dispute: DisputeMaker, manager: Principal, world: World, mode: str, whole: int, part: int, of_a_dear_call: int
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"clawback": mode})
    assert taken(manager, item(make_dispute())) == whole
    assert taken(manager, item(make_dispute(), PARTIAL, FIFTEEN)) == part
    assert taken(manager, item(make_dispute(payout_micros=DEAR))) == of_a_dear_call
    assert taken(manager, item(make_dispute(), REJECT)) == 0


def test_between_two_currencies_nothing_is_capped_at_the_credit(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"clawback": "capped_at_credit"})
    assert taken(manager, item(make_dispute(payout_currency="EUR"))) == 0


def test_a_full_acceptance_after_a_part_takes_the_rest(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"clawback": "full_on_accept", "reopen": True})
    dispute = make_dispute()
    assert taken(manager, item(dispute, PARTIAL, FIFTEEN)) == TEN
    operations.reopen(manager, items=[WordsItem(dispute.pk, "More of it")])
    assert taken(manager, item(dispute)) == THIRTY - TEN
    assert ChargeBalance.objects.get().clawed_micros == THIRTY


@pytest.mark.parametrize(
    ("reason", "vendor", "typed", "expected"),
    [
        (None, None, None, 0),
        (None, "proportional", None, TEN),
        ("capped_at_credit", "proportional", None, FIFTEEN),
        ("capped_at_credit", "proportional", 7, 7),
        ("none", "full_on_accept", THIRTY, THIRTY),
        ("proportional", "proportional", 0, 0),
    ],
)
def test_the_decision_overrides_the_reason_the_vendor_and_the_program(
    make_dispute: DisputeMaker,
    manager: Principal,
    world: World,
    reason: str | None,
    vendor: str | None,
    typed: int | None,
    expected: int,
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"clawback": "none"})
    Reason.objects.filter(code="SPAM").update(clawback_mode=reason)
    Vendor.objects.filter(number="V1").update(clawback_mode=vendor)
    dispute = make_dispute()
    assert taken(manager, item(dispute, PARTIAL, FIFTEEN, clawback_micros=typed)) == expected
    assert Decision.objects.get().clawback_micros == typed


def test_what_is_typed_counts_within_what_is_left_of_the_payout(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reopen": True})
    dispute = make_dispute()
    assert taken(manager, item(dispute, PARTIAL, FIFTEEN, clawback_micros=THIRTY - 1)) == THIRTY - 1
    operations.reopen(manager, items=[WordsItem(dispute.pk, "More of it")])
    assert Dispute.objects.get().decided_clawback_micros is None
    too_much = item(dispute, clawback_micros=2)
    with unchanged():
        (answer,) = decide(manager, too_much)
        (line,) = effects(manager, items=[too_much]).lines
    assert answer.code == "CLAWBACK_OUT_OF_RANGE"
    assert answer.message == "At most $0.000001 can be taken back from the vendor."
    assert (line.code, line.message) == (answer.code, answer.message)
    assert taken(manager, replace(too_much, clawback_micros=1)) == 1


def test_where_there_is_no_vendor_nothing_can_be_typed(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute(vendor=None)
    with unchanged():
        (answer,) = decide(manager, item(dispute, clawback_micros=1))
    assert answer.message == "At most $0.00 can be taken back from the vendor."
    assert decide(manager, item(dispute, clawback_micros=0))[0].ok


def test_undo_forgets_what_was_typed(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute, clawback_micros=1))
    operations.undo(manager, items=[Ref(dispute.pk)])
    assert Dispute.objects.get().decided_clawback_micros is None


@pytest.mark.django_db
def test_a_program_with_an_unknown_mode_is_not_installed() -> None:
    with unchanged(), pytest.raises(UnknownClawback) as raised:
        operations.install_preset(SYSTEM, preset_key="call_marketplace", key="odd", overrides={"clawback": "half"})
    assert raised.value.message == (
        '"half" is not a way to claw back; it is none, proportional, full_on_accept or capped_at_credit.'
    )


@pytest.mark.parametrize("mode", list(ClawbackMode))
def test_reasons_and_vendors_take_every_mode(world: World, mode: ClawbackMode) -> None:
    assert Reason.objects.update(clawback_mode=mode) > 0
    assert Vendor.objects.update(clawback_mode=mode) > 0


def test_an_adjustment_is_a_decision_and_its_commit_at_once(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    """The same money as deciding through the web service, one event instead of two, and the case stays open."""
    change_settings(SYSTEM, program=world.program, settings={"auto_close": True})
    decided, adjusted = make_dispute(tax_micros=3_600_000), make_dispute(tax_micros=3_600_000)
    decide(manager, item(decided, PARTIAL, FIFTEEN), door=Door.API)
    (answer,) = operations.adjust(manager, items=[AdjustItem(adjusted.pk, FIFTEEN, "as agreed")])
    figures = [
        (b.held_micros, b.credited_micros, b.tax_credited_micros, b.clawed_micros) for b in ChargeBalance.objects.all()
    ]
    assert figures[0] == figures[1] == (0, FIFTEEN, 1_200_000, TEN)
    adjusted.refresh_from_db()
    assert (adjusted.stage, adjusted.outcome, adjusted.closed_at) == ("resolved", "accepted_partial", None)
    assert answer.data == {
        "number": str(adjusted),
        "outcome": "accepted_partial",
        "credit_micros": FIFTEEN,
        "tax_micros": 1_200_000,
        "clawback_micros": TEN,
        "currency": "USD",
        "payout_currency": "USD",
        "stage": "resolved",
        "version": adjusted.lock_version,
    }
    operations.close(manager, items=[CloseItem(adjusted.pk)])
    assert list(broken(LAWS)) == []


@pytest.mark.parametrize(
    ("micros", "outcome", "kind"),
    [(45_000_000, "accepted", "accept"), (44_999_999, "accepted_partial", "partial")],
)
def test_the_outcome_of_an_adjustment_follows_from_its_amount(
    make_dispute: DisputeMaker, manager: Principal, micros: int, outcome: str, kind: str
) -> None:
    dispute = make_dispute()
    items = [AdjustItem(dispute.pk, micros, "as agreed")]
    first = operations.adjust(manager, items=items, key="a")
    with unchanged():
        assert operations.adjust(manager, items=items, key="a") == first
    dispute.refresh_from_db()
    assert (first[0].data["outcome"], dispute.outcome, Decision.objects.get().kind) == (outcome, outcome, kind)


def test_an_adjustment_needs_the_words_that_a_decision_needs(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        (answer,) = operations.adjust(manager, items=[AdjustItem(dispute.pk, FIFTEEN)])
    assert (answer.code, answer.message) == ("EXPLANATION_REQUIRED", "Please add a few words that explain it.")


def test_an_adjustment_may_carry_a_resolution(make_dispute: DisputeMaker, manager: Principal, world: World) -> None:
    label = Resolution.objects.create(program=world.program, code="GOODWILL", label="Goodwill")
    plain, labeled = make_dispute(), make_dispute()
    items = [AdjustItem(plain.pk, TEN, "as agreed"), AdjustItem(labeled.pk, TEN, "as agreed", resolution="GOODWILL")]
    assert [answer.ok for answer in operations.adjust(manager, items=items)] == [True, True]
    told = {e.object_id: e.changes.get("resolution") for e in JournalEvent.objects.filter(event="dispute.adjusted")}
    assert told == {plain.pk: None, labeled.pk: "GOODWILL"}
    plain.refresh_from_db()
    labeled.refresh_from_db()
    assert (plain.resolution_id, labeled.resolution_id) == (None, label.pk)


def test_an_adjustment_with_a_resolution_that_the_program_does_not_have(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    Resolution.objects.create(program=world.program, code="OLD", label="Old", is_active=False)
    dispute = make_dispute()
    with unchanged():
        (answer,) = operations.adjust(manager, items=[AdjustItem(dispute.pk, TEN, "as agreed", resolution="OLD")])
    assert (answer.code, answer.message) == ("UNKNOWN_RESOLUTION", '"OLD" is no resolution of this program.')
