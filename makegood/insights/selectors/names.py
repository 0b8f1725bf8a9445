"""What the groups of figures are called, as far as somebody may see them."""

from __future__ import annotations

from makegood.billing.models import Campaign, Category
from makegood.disputes.models import Reason
from makegood.insights.states import By
from makegood.parties.entries import Principal
from makegood.parties.selectors import customers_visible_to, programs_visible_to, vendors_visible_to


def group_name(principal: Principal, by: By, key: int | None) -> str:
    """The name of a group; empty for the group without one, and for one that is out of scope."""
    if key is None or by is By.DAY:
        return ""
    programs = programs_visible_to(principal)
    rows = {
        By.PROGRAM: programs.values_list("name"),
        By.CUSTOMER: customers_visible_to(principal).values_list("name"),
        By.VENDOR: vendors_visible_to(principal).values_list("name"),
        By.CAMPAIGN: Campaign.objects.filter(program__in=programs).values_list("name"),
        By.CATEGORY: Category.objects.values_list("name"),
        By.REASON: Reason.objects.filter(program__in=programs).values_list("label"),
    }[by]
    found: tuple[str, ...] | None = rows.filter(pk=key).first()
    return found[0] if found else ""
