"""The accounts of an installation, for those who look after them."""

from __future__ import annotations

from django.db.models import Count, Q

from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors.visible import customers_visible_to, demand
from makegood.parties.states import Verb

ORDER = (Key("id", descending=True),)
SIZE = 50


def accounts(
    principal: Principal, text: str = "", *, off_only: bool = False, after: str = "", before: str = ""
) -> Page[Customer]:
    """A page of the customers in scope, the newest first, with ``people``: how many sign in for each.

    ``text`` is in name or number; ``off_only`` are those that file no disputes. Raises NotPermitted.
    """
    demand(principal, Verb.USER_EDIT)
    found = customers_visible_to(principal).annotate(people=Count("users", filter=Q(users__is_active=True)))
    if text:
        found = found.filter(Q(name__icontains=text) | Q(number__icontains=text))
    if off_only:
        found = found.filter(dispute_permission=False)
    return page_of(found, ORDER, place_of(after, before, ORDER), SIZE)


def currencies_billed() -> list[str]:
    """The currencies that customers pay in, in their order. Names nobody."""
    return sorted(set(Customer.objects.order_by().values_list("currency", flat=True).distinct()))
