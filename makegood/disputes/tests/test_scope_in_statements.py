"""The prepared statements of single requests see what the lists see: the same charges, disputes and customers."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from makegood.billing.selectors import charges_visible_to
from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.deciding import cases_of
from makegood.disputes.selectors.ground import grounds_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.models import Customer
from makegood.parties.selectors import customer_in_scope, customers_visible_to
from makegood.parties.states import Verb
from makegood.parties.tests.test_narrowed import Sights
from tests.world import World

SCOPES = 40


def _customers_match(who: Principal) -> int:
    shown = set(customers_visible_to(who).values_list("pk", flat=True))
    found = {pk: customer_in_scope(who, pk) for pk in Customer.objects.values_list("pk", flat=True)}
    assert {pk for pk, seen in found.items() if seen is not None} == shown, who.scope
    return len(shown)


def _charges_match(who: Principal, charges: list[int]) -> int:
    grounds = grounds_of(who, [SubmitItem(pk) for pk in charges], clock.now())
    shown = set(charges_visible_to(who).values_list("pk", flat=True))
    assert {charges[place] for place in grounds} == shown & set(charges), who.scope
    return len(grounds)


def _disputes_match(who: Principal, disputes: list[int]) -> int:
    cases = cases_of(who, [(pk, "") for pk in disputes])
    assert set(cases) == set(disputes_visible_to(who).values_list("pk", flat=True)), who.scope
    return len(cases)


@pytest.mark.parametrize("more", [0, 12])
def test_any_scope_means_the_same_in_a_statement_and_in_a_list(
    world: World, csr: Principal, manager: Principal, more: int
) -> None:
    sights = Sights(world, Random(7))  # noqa: S311 - not for secrets
    charges = [charge.pk for charge in sights.charges] + [world.charge().pk for _ in range(more)]
    operations.submit(csr, items=[SubmitItem(pk, "SPAM", "Beep") for pk in charges[:7]])
    operations.save_draft(csr, items=[DraftItem(pk) for pk in charges[7:9]])
    operations.save_draft(SYSTEM, items=[DraftItem(charges[9])])
    disputes = list(Dispute.objects.values_list("pk", flat=True)) * (3 if more else 1)
    seen = [0, 0, 0]
    for _ in range(SCOPES):
        scope = sights.scope()
        for who in (replace(csr, scope=scope), replace(manager, scope=scope), replace(SYSTEM, scope=scope)):
            seen[0] += _charges_match(who, charges)
            seen[1] += _disputes_match(who, disputes)
        seen[2] += _customers_match(who)
    assert min(seen) > SCOPES, "the scopes show too little to tell anything"


def test_who_may_not_view_disputes_has_no_case(world: World, csr: Principal) -> None:
    charge = world.charge()
    operations.submit(csr, items=[SubmitItem(charge.pk, "SPAM", "Beep")])
    blind = replace(csr, verbs=csr.verbs - {Verb.DISPUTE_VIEW}, scope=Scope(everything=True))
    assert _disputes_match(blind, list(Dispute.objects.values_list("pk", flat=True))) == 0


def test_a_number_that_no_row_can_have_is_not_found(csr: Principal, manager: Principal) -> None:
    (filed,) = operations.submit(csr, items=[SubmitItem(2**63, "SPAM", "Beep")])
    assert (filed.ok, filed.code) == (False, "NOT_FOUND")
    assert cases_of(manager, [(2**70, ""), (-(2**70), "")]) == {}
