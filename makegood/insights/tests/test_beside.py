"""Similar past disputes, the caller elsewhere, and the last month of both sides; nothing out of scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, ReverseItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.insights.models import CohortDay
from makegood.insights.operations.totals import sum_up_every_day
from makegood.insights.selectors.beside import CANDIDATES, beside
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.operations import change_settings
from makegood.parties.states import Verb
from tests.world import DisputeMaker, World

ACCEPT, PARTIAL, REJECT = DecisionKind.ACCEPT, DecisionKind.PARTIAL, DecisionKind.REJECT


def settle(manager: Principal, dispute: Dispute, kind: DecisionKind = ACCEPT, **item: Any) -> None:
    """Decide a dispute, and let its undo window end."""
    micros = 20_000_000 if kind is PARTIAL else None
    decision = DecisionItem(dispute.pk, kind, micros, note="Heard it in full.", **item)
    (answer,) = operations.decide(manager, items=[decision])
    assert answer.ok, answer
    with clock.shifted(timedelta(minutes=5)):
        operations.commit_due()


def numbers(principal: Principal, dispute: Dispute) -> list[str]:
    return [row.number for row in beside(principal, dispute.pk).similar]


def test_the_same_caller_is_similar_and_says_why(
    world: World, make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    past = make_dispute()
    settle(manager, past, PARTIAL)
    now = make_dispute()
    with clock.shifted(timedelta(days=2, minutes=1)):
        found = beside(other_manager, now.pk)
    [row] = found.similar
    assert (row.number, row.why, str(row.credited.micros)) == (past.label, "same caller, 2 days ago", "20000000")
    assert row.word.key == "accepted_partial"
    assert (found.n, found.rate) == (1, None)


@pytest.mark.parametrize(
    ("charge", "why"),
    [
        ({"caller_e164": None, "vendor_sub_id": "src-88", "duration_s": 400}, "same source and reason"),
        ({"caller_e164": None, "vendor": None, "duration_s": 35}, "same buyer, reason and length"),
        ({"caller_e164": None, "vendor": None, "duration_s": 500}, "explained alike"),
    ],
)
def test_other_things_in_common(
    charge: dict[str, Any], why: str, make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    settle(manager, make_dispute(**charge))
    now = make_dispute(vendor_sub_id="src-88")
    assert [row.why for row in beside(other_manager, now.pk).similar] == [f"{why}, today"]


def test_a_finding_in_common(
    world: World, make_dispute: DisputeMaker, other_buyer: Principal, manager: Principal, other_manager: Principal
) -> None:
    charge = world.charge(customer=world.other_customer, caller_e164=None, vendor=None)
    (answer,) = operations.submit(other_buyer, items=[SubmitItem(charge.pk, "SPAM", "Nobody there")])
    settle(manager, Dispute.objects.get(pk=answer.id), findings=("ROBOCALL",))
    now = make_dispute()
    assert numbers(other_manager, now) == []
    settle(manager, now, findings=("ROBOCALL",))
    assert [row.why for row in beside(other_manager, now.pk).similar] == ["same reason and finding, today"]


def test_only_what_other_people_committed_counts(
    world: World, make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False})
    mine, held, reversed_one, good = (make_dispute() for _ in range(4))
    settle(other_manager, mine)
    settle(manager, reversed_one)
    settle(manager, good, REJECT)
    (answer,) = operations.reverse(manager, items=[ReverseItem(reversed_one.pk, note="Booked after all.")])
    assert answer.ok, answer
    (answer,) = operations.decide(manager, items=[DecisionItem(held.pk, ACCEPT)])
    assert answer.ok, answer
    now = make_dispute()
    assert numbers(other_manager, now) == [good.label]
    assert numbers(manager, now) == [mine.label]


def test_a_rate_is_said_from_eight_on(make_dispute: DisputeMaker, manager: Principal, other_manager: Principal) -> None:
    past = [make_dispute() for _ in range(8)]
    for place, dispute in enumerate(past[:7]):
        settle(manager, dispute, REJECT if place < 2 else ACCEPT)
    now = make_dispute()
    assert beside(other_manager, now.pk).rate is None
    settle(manager, past[7])
    found = beside(other_manager, now.pk)
    assert found.rate is not None
    assert (found.n, found.rate.hits, len(found.similar), CANDIDATES) == (8, 6, 5, 50)


def test_nothing_out_of_scope_is_similar_or_counted(
    world: World, make_dispute: DisputeMaker, other_buyer: Principal, manager: Principal, other_manager: Principal
) -> None:
    charge = world.charge(customer=world.other_customer)
    (answer,) = operations.submit(other_buyer, items=[SubmitItem(charge.pk, "SPAM", "Automated voice")])
    settle(manager, Dispute.objects.get(pk=answer.id))
    now = make_dispute()
    found = beside(other_manager, now.pk)
    assert found.caller is not None
    assert (found.n, found.caller.week, found.caller.buyers, found.caller.disputed) == (1, 2, 2, 2)
    limited = replace(other_manager, scope=Scope(paths=(world.customer.path,)))
    found = beside(limited, now.pk)
    assert found.caller is not None
    assert (found.n, found.similar, found.caller.week, found.caller.buyers) == (0, (), 1, 1)
    with pytest.raises(NotFound):
        beside(replace(limited, scope=Scope(paths=(world.other_customer.path,))), now.pk)


def test_callers_are_counted_around_the_call_and_masked(
    world: World, make_dispute: DisputeMaker, manager: Principal
) -> None:
    at = clock.now()
    for days in (5, 20, 40):
        world.charge(occurred_at=at - timedelta(days=days))
    now = make_dispute()
    found = beside(manager, now.pk).caller
    assert found is not None
    assert (found.number, found.week, found.month, found.buyers) == ("+1 212-555-0142", 2, 3, 1)
    found = beside(replace(manager, verbs=manager.verbs - {Verb.PHONE_VIEW}), now.pk).caller
    assert found is not None
    assert found.number == "+1 *** *** 0142"
    assert beside(replace(manager, verbs=manager.verbs - {Verb.CHARGE_VIEW}), now.pk).caller is None
    assert beside(manager, make_dispute(caller_e164=None).pk).caller is None


def test_the_last_month_of_both_sides(world: World, make_dispute: DisputeMaker, manager: Principal) -> None:
    today = clock.now().date()
    common = {"program": world.program, "currency": "USD", "payout_currency": "USD"}
    counts = {"disputes": 12, "accepted": 6, "accepted_partial": 2, "rejected": 3, "open": 1, "billed": 100}
    mine, theirs = {"customer": world.customer}, {"customer": world.other_customer}
    CohortDay.objects.bulk_create(
        [
            CohortDay(**common, **mine, vendor=world.vendor, day=today - timedelta(days=3), **counts),
            CohortDay(**common, **mine, vendor=world.vendor, day=today - timedelta(days=31), **counts),
            CohortDay(**common, **theirs, vendor=world.vendor, day=today, billed=100),
        ]
    )
    sum_up_every_day()
    now = make_dispute()
    found = beside(manager, now.pk)
    assert (found.buyer.name, found.buyer.disputed.short) == ("Acme Plumbing", "12% (7-20)")
    assert (found.buyer.accepted.hits, found.buyer.accepted.n) == (8, 11)
    assert found.vendor is not None
    assert (found.vendor.name, found.vendor.disputed.hits, found.vendor.disputed.n) == ("North Ads", 12, 200)
    assert beside(replace(manager, verbs=manager.verbs - {Verb.PAYOUT_VIEW}), now.pk).vendor is None


@pytest.mark.parametrize("role", ["buyer", "csr", "vendor"])
def test_only_deciders_see_it(role: str, request: pytest.FixtureRequest, make_dispute: DisputeMaker) -> None:
    now = make_dispute()
    with pytest.raises(NotPermitted):
        beside(request.getfixturevalue(role), now.pk)
