"""What a principal sees of customers, vendors and programs, and what it may do."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet

from makegood.kernel import sql
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.errors import BeyondYourLimits, NotPermitted
from makegood.parties.models import Customer, Program, Vendor
from makegood.parties.selectors.scopes import customer_predicate, has_customer_limits, scope_parameters
from makegood.parties.states import Verb


def demand(principal: Principal, verb: Verb) -> None:
    """Raise NotPermitted unless the verb was granted."""
    if not principal.can(verb):
        raise NotPermitted(verb=verb.value)


def demand_for_all(principal: Principal, verb: Verb, what: str) -> None:
    """The same for ``what`` holds in every program: only who sees everything changes it. Raises NotPermitted,
    BeyondYourLimits.
    """
    demand(principal, verb)
    if not principal.scope.everything:
        raise BeyondYourLimits(value=what)


def customers_visible_to(principal: Principal) -> QuerySet[Customer]:
    """The customers in scope. A scope by program or vendor alone shows no customer record."""
    scope = principal.scope
    if scope.nothing or not (scope.everything or has_customer_limits(scope)):
        return Customer.objects.none()
    return Customer.objects.filter(customer_predicate(scope))


class CustomerSeen(NamedTuple):
    """A customer that somebody may see: id, the operator's number, currency, name of the zone."""

    id: int
    number: str
    currency: str
    zone: str


def customer_in_scope(principal: Principal, customer_id: int) -> CustomerSeen | None:
    """The customer where :func:`customers_visible_to` has it, in one prepared statement; None where it has not."""
    rows = fetch(
        sql.load("parties.customer_in_scope"), {"customer_id": customer_id, **scope_parameters(principal.scope)}
    )
    return CustomerSeen(*rows[0]) if rows else None


def vendors_visible_to(principal: Principal) -> QuerySet[Vendor]:
    """The vendors in scope."""
    if principal.scope.everything:
        return Vendor.objects.all()
    return Vendor.objects.filter(pk__in=principal.scope.vendors or ())


def programs_visible_to(principal: Principal) -> QuerySet[Program]:
    """The programs in scope; a limit by program narrows them, other limits do not."""
    if principal.scope.nothing:
        return Program.objects.none()
    if principal.scope.programs is None:
        return Program.objects.all()
    return Program.objects.filter(pk__in=principal.scope.programs)


def zone_names() -> dict[int, str]:
    """Every zone in use, by id."""
    return dict(fetch(sql.load("parties.zone_names"), {}))
