"""Create a category."""

from __future__ import annotations

from django.db import transaction

from makegood.billing.models import Category
from makegood.journal import operations as journal
from makegood.parties.entries import Principal


@transaction.atomic
def create_category(principal: Principal, *, code: str, name: str) -> Category:
    """The category with that code; one that is there already is left as it is. Errors: none."""
    category, created = Category.objects.get_or_create(code=code, defaults={"name": name})
    if created:
        journal.record(
            principal,
            verb="create",
            event="category.created",
            object_kind="category",
            object_id=category.pk,
            changes={"code": code, "name": name},
        )
    return category
