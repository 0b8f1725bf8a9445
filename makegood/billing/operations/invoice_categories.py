"""How invoices are sorted."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from makegood.billing.models import Invoice, InvoiceCategory
from makegood.journal import operations as journal
from makegood.parties.entries import Principal
from makegood.parties.errors import NumberTaken


@transaction.atomic
def create_invoice_category(
    principal: Principal, *, code: str, name: str, number: int | None = None
) -> InvoiceCategory:
    """The invoice category with that code; one that is there already is left as it is. Errors: NUMBER_TAKEN.

    ``number`` is what the operator's own systems call it; without one it gets the next that is free.
    """
    own = {} if number is None else {"pk": number}
    if own and InvoiceCategory.objects.filter(**own).exclude(code=code).exists():
        raise NumberTaken(number=number, kind="invoice category")
    category, created = InvoiceCategory.objects.get_or_create(code=code, defaults={"name": name, **own})
    if created:
        if number is not None:
            _skip(number)
        journal.record(
            principal,
            verb="create",
            event="invoice_category.created",
            object_kind="invoice_category",
            object_id=category.pk,
            changes={"code": code, "name": name},
        )
    return category


def sort_invoices(numbers: Sequence[int], category: InvoiceCategory) -> int:
    """Put these invoices into a category; how many are there. Errors: none."""
    return Invoice.objects.filter(number__in=numbers).update(category=category)


def _skip(number: int) -> None:
    """Let ids that the database gives begin after this one, unless they are there already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('billing_invoice_category_id_seq', greatest(last_value, %s))"
            " FROM billing_invoice_category_id_seq",
            [number],
        )
