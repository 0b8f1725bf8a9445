"""Drafts: one per author and charge, seen by the author alone, without money."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, Ref
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.journal.models import JournalEvent
from makegood.ledger.models import ChargeBalance, Hold
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World


def events(name: str) -> int:
    return JournalEvent.objects.filter(event=f"dispute.{name}").count()


def test_draft_keeps_words_and_no_money(make_charge: ChargeMaker, buyer: Principal) -> None:
    charge = make_charge()
    (answer,) = operations.save_draft(buyer, items=[DraftItem(charge.pk, "SPAM", "Half a sent")])
    draft = Dispute.objects.get()
    assert (answer.id, answer.data["number"]) == (draft.pk, str(draft))
    assert (draft.stage, draft.description, draft.amount_micros) == (Stage.DRAFT, "Half a sent", 45_000_000)
    assert (draft.reason and draft.reason.code, draft.hold_key, draft.created_by_id) == ("SPAM", None, buyer.id)
    assert (Hold.objects.count(), ChargeBalance.objects.count(), events("draft_saved")) == (0, 0, 1)


def test_saving_again_replaces_the_words(make_charge: ChargeMaker, buyer: Principal) -> None:
    charge = make_charge()
    (first,) = operations.save_draft(buyer, items=[DraftItem(charge.pk, "SPAM", "One")])
    (second,) = operations.save_draft(buyer, items=[DraftItem(charge.pk, "NO_SUCH", "Two")])
    draft = Dispute.objects.get()
    assert first.id == second.id == draft.pk
    assert (draft.description, draft.reason) == ("Two", None)


def test_many_with_one_bad_save_the_others(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    theirs = make_charge(customer=world.other_customer)
    charges = [make_charge().pk, theirs.pk, make_charge().pk]
    answers = operations.save_draft(buyer, items=[DraftItem(pk) for pk in charges])
    assert [answer.ok for answer in answers] == [True, False, True]
    refused(answers[1], "NOT_FOUND", "Not found, or not yours.")
    assert (Dispute.objects.count(), events("draft_saved")) == (2, 2)


def test_draft_is_seen_by_its_author_alone(make_charge: ChargeMaker, world: World, manager: Principal) -> None:
    author, other = (world.person("buyer", name, customer_number="B1") for name in ("author", "other"))
    charge = make_charge()
    operations.save_draft(author, items=[DraftItem(charge.pk)])
    seen = [disputes_visible_to(person).count() for person in (author, other, manager)]
    assert seen == [1, 0, 0]
    operations.save_draft(other, items=[DraftItem(charge.pk)])
    assert Dispute.objects.count() == 2


def test_discarded_draft_is_gone_and_journaled(make_charge: ChargeMaker, buyer: Principal) -> None:
    (draft,) = operations.save_draft(buyer, items=[DraftItem(make_charge().pk)])
    assert draft.id is not None
    first, again = operations.discard_draft(buyer, items=[Ref(draft.id), Ref(draft.id)])
    assert first.data["number"] == draft.data["number"]
    refused(again, "NOT_FOUND", "Not found, or not yours.")
    assert (Dispute.objects.count(), events("draft_discarded")) == (0, 1)


def test_filed_or_foreign_one_is_not_discarded(
    make_dispute: DisputeMaker, make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    other = world.person("buyer", "other", customer_number="B1")
    (foreign,) = operations.save_draft(other, items=[DraftItem(make_charge().pk)])
    assert foreign.id is not None
    filed = make_dispute()
    with unchanged():
        answers = operations.discard_draft(buyer, items=[Ref(filed.pk), Ref(foreign.id)])
    for answer in answers:
        refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_who_may_not_draft(make_charge: ChargeMaker, manager: Principal) -> None:
    charge = make_charge()
    with unchanged(), pytest.raises(NotPermitted):
        operations.save_draft(manager, items=[DraftItem(charge.pk)])
    with unchanged(), pytest.raises(NotPermitted):
        operations.discard_draft(manager, items=[Ref(1)])
