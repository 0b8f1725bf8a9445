"""How invoices are sorted: by a category with the operator's own number, or the next that is free."""

from __future__ import annotations

import pytest

from makegood.billing.models import Invoice
from makegood.billing.operations import create_invoice_category, sort_invoices
from makegood.billing.tests.test_invoices import invoice
from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NumberTaken
from tests.refusals import unchanged
from tests.world import World

HIGH = 4_000_012


def test_a_number_of_ones_own_is_kept_and_the_next_is_free(world: World) -> None:
    own = create_invoice_category(SYSTEM, code="monthly", name="Monthly bills", number=HIGH)
    low = create_invoice_category(SYSTEM, code="once", name="One-time bills", number=HIGH - 7)
    after = create_invoice_category(SYSTEM, code="other", name="Other bills")
    assert (own.pk, low.pk) == (HIGH, HIGH - 7)
    assert after.pk > HIGH  # a sequence never goes back, not even between tests
    with unchanged():
        assert create_invoice_category(SYSTEM, code="monthly", name="Again", number=HIGH) == own
    event = JournalEvent.objects.filter(event="invoice_category.created").earliest("id")
    assert (event.object_id, event.changes) == (HIGH, {"code": "monthly", "name": "Monthly bills"})


def test_a_number_that_is_taken_is_refused(world: World) -> None:
    create_invoice_category(SYSTEM, code="monthly", name="Monthly bills", number=HIGH)
    with unchanged(), pytest.raises(NumberTaken) as raised:
        create_invoice_category(SYSTEM, code="once", name="One-time bills", number=HIGH)
    assert raised.value.message == f'The number "{HIGH}" is already used by another invoice category.'


def test_invoices_are_sorted_by_number(world: World) -> None:
    category = create_invoice_category(SYSTEM, code="monthly", name="Monthly bills")
    for number in (51, 52):
        invoice(world, number, number - 47)
    assert sort_invoices([51, 99], category) == 1
    assert dict(Invoice.objects.values_list("number", "category_id")) == {51: category.pk, 52: None}
