"""Many who file at once: one dispute per charge, and a sentence for everybody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.journal.models import Command, JournalEvent
from makegood.kernel.answers import Answer
from makegood.ledger.models import ChargeBalance, Hold
from makegood.parties.entries import Principal
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

SENTENCES = {"A dispute on this item is already open."}


def filing(buyer: Principal, *charges: int, key: str | None = None) -> Callable[[], list[Answer]]:
    items = [SubmitItem(charge, "SPAM", "Automated voice, hung up when we spoke") for charge in charges]
    return lambda: operations.submit(buyer, items=items, key=key)


def assert_only(charges: int) -> None:
    """That many disputes, with a hold, a balance and a journal row each."""
    assert Dispute.objects.count() == charges
    assert Hold.objects.count() == charges
    assert ChargeBalance.objects.count() == charges
    assert JournalEvent.objects.filter(event="dispute.submitted").count() == charges
    books_hold()


def test_forty_submissions_on_one_charge_file_one_dispute(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    charge = committed_world.charge().pk
    answers = [answer for (answer,) in all_of([filing(buyer, charge)] * 40)]
    assert Counter(answer.code for answer in answers) == {"": 1, "ALREADY_DISPUTED": 39}
    number = Dispute.objects.get().number
    assert {a.message for a in answers if not a.ok} <= SENTENCES | {f"Dispute D-{number} is already open."}
    assert_only(1)


def test_batches_in_opposite_order_share_the_charges_out(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    for _ in range(8):
        charges = [committed_world.charge().pk for _ in range(30)]
        answers = [a for batch in all_of([filing(buyer, *charges), filing(buyer, *charges[::-1])] * 3) for a in batch]
        assert Counter(answer.code for answer in answers) == {"": 30, "ALREADY_DISPUTED": 150}
    assert_only(240)


def test_drafts_of_many_people_on_one_charge_become_one_dispute(committed_world: World) -> None:
    people = [committed_world.person("buyer", f"buyer{n}", customer_number="B1") for n in range(8)]
    for _ in range(8):
        charge = committed_world.charge().pk
        racers = [from_draft(person, charge) for person in people]
        answers = [answer for (answer,) in all_of(racers)]
        assert Counter(answer.code for answer in answers) == {"": 1, "ALREADY_DISPUTED": 7}
    assert Dispute.objects.exclude(stage="draft").count() == 8
    assert Hold.objects.count() == 8
    books_hold()


def from_draft(person: Principal, charge: int) -> Callable[[], list[Answer]]:
    (draft,) = operations.save_draft(person, items=[DraftItem(charge)])
    item = SubmitItem(charge, "SPAM", "Automated voice", draft_id=draft.id)
    return lambda: operations.submit(person, items=[item])


def test_one_key_used_by_eight_at_once_has_one_effect_and_one_answer(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    charges = [committed_world.charge().pk for _ in range(3)]
    first, *others = all_of([filing(buyer, *charges, key="k-1")] * 8)
    assert [answer.ok for answer in first] == [True, True, True]
    assert others == [first] * 7
    assert Command.objects.count() == 1
    assert_only(3)
