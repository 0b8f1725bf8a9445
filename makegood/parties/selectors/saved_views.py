"""Saved views of a page: one's own."""

from __future__ import annotations

from makegood.parties.entries import Principal
from makegood.parties.models import SavedView


def saved_views(principal: Principal, page: str) -> list[SavedView]:
    """The views that a person saved of a page, by name."""
    return list(SavedView.objects.filter(user=principal.id or 0, page=page).order_by("name", "pk"))
