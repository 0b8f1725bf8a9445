"""Finds a charge by what people call it."""

from __future__ import annotations

from django.db.models import Q

from makegood.billing.selectors import charges_visible_to
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


def charge_named(principal: Principal, name: str) -> tuple[int, int]:
    """Charge and program of our number or of the source's own id; the number comes first. Raises NotFound."""
    wanted = Q(external_id=name)
    if name.isascii() and name.isdigit() and len(name) < 19:
        wanted |= Q(pk=int(name))
    found = charges_visible_to(principal).filter(wanted).values_list("pk", "program_id").order_by("pk")
    rows = list(found[:50])
    for row in rows:
        if str(row[0]) == name:
            return row
    if not rows:
        raise NotFound()
    return rows[-1]
