"""A charge in whose place a corrected one stands cannot be disputed; the one that stands there can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from makegood.billing.models import Charge
from makegood.billing.operations.correct_charge import Figures, correct_charge
from makegood.disputes import operations
from makegood.disputes.entries import CloseItem, DecisionItem, SubmitItem, WordsItem
from makegood.disputes.selectors.claim import checked
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World

SENTENCE = "This item was corrected; the charge that stands in its place can be disputed."


def corrected(charge: Charge) -> Charge:
    """The same call for 30.00."""
    figures = Figures(billed_micros=30_000_000, tax_micros=0, payout_micros=20_000_000, billed_at=charge.billed_at)
    with transaction.atomic():
        return correct_charge(charge, figures, external_id=f"{charge.external_id}~1", import_batch=1, raw=None)


def test_the_corrected_charge_is_barred_and_the_new_one_is_not(make_charge: ChargeMaker, buyer: Principal) -> None:
    old = make_charge()
    new = corrected(old)
    said = verdicts([old.pk, new.pk])
    assert (said[old.pk].result, said[new.pk].result) == ("blocked", "ok")
    headline = said[old.pk].headline
    assert headline is not None
    assert (headline.code, headline.message) == ("CHARGE_CORRECTED", SENTENCE)
    assert said[old.pk].closes_at is None
    claim = checked(buyer, SubmitItem(old.pk, "SPAM", "Automated voice")).verdict
    assert claim is not None
    assert claim.result == "blocked"


def test_filing_on_a_corrected_charge_is_refused_and_beside_it_goes_on(
    make_charge: ChargeMaker, buyer: Principal
) -> None:
    old = make_charge()
    new = corrected(old)
    with unchanged():
        (answer,) = operations.submit(buyer, items=[SubmitItem(old.pk, "SPAM", "Automated voice")])
        refused(answer, "CHARGE_CORRECTED", SENTENCE)
    answers = operations.submit(buyer, items=[SubmitItem(pk, "SPAM", "Automated voice") for pk in (old.pk, new.pk)])
    assert [answer.ok for answer in answers] == [False, True]
    assert answers[1].data["amount_micros"] == 30_000_000


@pytest.mark.parametrize("again", ["reopen", "request_re_review"])
def test_what_was_decided_on_a_corrected_charge_does_not_come_back(
    again: str, make_dispute: DisputeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reopen": True, "max_rounds": 3})
    dispute = make_dispute()
    operations.close(manager, items=[CloseItem(dispute.pk)])
    corrected(dispute.charge)
    who = manager if again == "reopen" else buyer
    with unchanged():
        (answer,) = getattr(operations, again)(who, items=[WordsItem(dispute.pk, "Listen again.")])
    refused(answer, "CHARGE_CORRECTED", SENTENCE)
    assert list(broken(LAWS)) == []


def test_a_credit_on_a_corrected_charge_can_still_be_put_right(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    with clock.shifted(-timedelta(hours=1)):
        operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])
    operations.commit_due()
    corrected(dispute.charge)
    (answer,) = operations.correct(manager, items=[WordsItem(dispute.pk, "Billed anew.")])
    assert (answer.ok, answer.data["credit_micros"]) == (True, 45_000_000)
    assert list(broken(LAWS)) == []


def test_a_dispute_that_waits_on_a_corrected_charge_is_found(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    new = corrected(dispute.charge)
    found = [line for line in broken(LAWS) if line.law == "nothing waits on a corrected charge"]
    assert [(line.where, line.found) for line in found] == [
        (str(dispute), f"waits on charge {dispute.charge_id}, which {new.pk} corrects")
    ]
