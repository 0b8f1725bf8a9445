"""Limits and budgets under many who file at once: never one above, and a sentence for everybody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.models import Dispute, Submission, UsageCounter
from makegood.disputes.states import Outcome, Stage
from makegood.kernel.answers import Answer
from makegood.ledger.models import Adjustment
from makegood.parties.entries import SYSTEM, Principal
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

SHORT = {"duration_s": 4, "speech_s": 0}
BUDGET = 90_000_000


def filing(buyer: Principal, *charges: int, together: Together | None = None) -> Callable[[], list[Answer]]:
    items = [SubmitItem(charge, "SPAM", "Automated voice") for charge in charges]
    return lambda: operations.submit(buyer, items=items, together=together)


def publish(world: World, **rule: object) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=[{"type": "billed", "severity": "block"}, rule])


def test_forty_submissions_under_a_cap_of_twenty_five_give_twenty_five(committed_world: World) -> None:
    publish(committed_world, type="cap_count", limit=25, severity="block")
    buyer = committed_world.person("buyer", customer_number="B1")
    racers = [filing(buyer, committed_world.charge().pk) for _ in range(40)]
    answers = [answer for (answer,) in all_of(racers)]
    assert Counter(answer.code for answer in answers) == {"": 25, "BUYER_DAILY_CAP": 15}
    assert {a.message.split(";")[0] for a in answers if not a.ok} == {"25 of 25 used"}
    assert (Dispute.objects.count(), UsageCounter.objects.get().used) == (25, 25)
    books_hold()


def test_batches_under_a_cap_share_it_out(committed_world: World) -> None:
    publish(committed_world, type="cap_count", limit=25, severity="block")
    buyer = committed_world.person("buyer", customer_number="B1")
    racers = [filing(buyer, *(committed_world.charge().pk for _ in range(7))) for _ in range(8)]
    answers = [answer for batch in all_of(racers) for answer in batch]
    assert Counter(answer.code for answer in answers) == {"": 25, "BUYER_DAILY_CAP": 31}
    assert UsageCounter.objects.get().used == 25


def test_share_of_what_was_billed_is_kept_under_parallel_submissions(committed_world: World) -> None:
    publish(committed_world, type="cap_percent", pct=50, severity="block")
    buyer = committed_world.person("buyer", customer_number="B1")
    racers = [filing(buyer, committed_world.charge().pk) for _ in range(12)]
    answers = [answer for (answer,) in all_of(racers)]
    assert Counter(answer.code for answer in answers) == {"": 6, "BUYER_RATE_CAP": 6}


def test_budget_of_grants_is_never_passed(committed_world: World) -> None:
    publish(
        committed_world,
        type="short_call_auto",
        max_s=20,
        severity="auto_accept",
        budget={"count": 5, "micros": BUDGET, "per": "program", "period": "day"},
    )
    people = [committed_world.person("buyer", f"buyer{n}", customer_number="B1") for n in range(4)]
    racers = [
        filing(person, *(committed_world.charge(**SHORT).pk for _ in range(3))) for person in people for _ in range(2)
    ]
    answers = [answer for batch in all_of(racers) for answer in batch]
    granted = [answer for answer in answers if "granted_by" in answer.data]
    assert (len([a for a in answers if a.ok]), len(granted)) == (24, 2)
    credits = Adjustment.objects.values_list("amount_micros", flat=True)
    assert sum(credits) == -BUDGET
    assert Counter(Dispute.objects.values_list("stage", "outcome")) == {
        (Stage.CLOSED, Outcome.ACCEPTED): 2,
        (Stage.PENDING, None): 22,
    }
    books_hold()


def test_two_submissions_over_the_same_charges_share_them_out(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    for _ in range(5):
        charges = [committed_world.charge().pk for _ in range(10)]
        racers = [filing(buyer, *order, together=Together()) for order in (charges, charges[::-1])]
        answers = [answer for batch in all_of(racers) for answer in batch]
        assert Counter(answer.code for answer in answers) == {"": 10, "ALREADY_DISPUTED": 10}
    assert sum(Submission.objects.values_list("total_micros", flat=True)) == 50 * 45_000_000
    books_hold()
