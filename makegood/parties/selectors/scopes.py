"""Scopes: limit-to grants compiled, and the rows they allow."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from makegood.kernel import sql
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal, Scope
from makegood.parties.models import AccessGrant, Customer
from makegood.parties.states import Dimension

LATERAL_LIMIT = 500
"""Up to this many customers a list is read customer by customer (see docs/adr on scoped lists)."""


def scope_of(grants: list[AccessGrant]) -> Scope:
    """Compile limit-to grants: none means nothing, ``all`` wins, one dimension ORs, dimensions AND."""
    values: dict[str, list[str]] = {}
    for grant in grants:
        values.setdefault(grant.dimension, []).append(grant.value)
    roots = [int(value) for value in values.get(Dimension.CUSTOMER_SUBTREE, ())]
    if roots:
        paths = Customer.objects.filter(id__in=roots).order_by("path").values_list("path", flat=True)
        values[Dimension.CUSTOMER_SUBTREE] = list(paths)
    return compiled(values)


def compiled(values: Mapping[str, Sequence[str]]) -> Scope:
    """The scope of limit values by dimension; those of subtrees are paths."""
    if Dimension.ALL in values:
        return Scope(everything=True)

    def texts(dimension: Dimension) -> tuple[str, ...] | None:
        return tuple(sorted(values[dimension])) if dimension in values else None

    def numbers(dimension: Dimension) -> tuple[int, ...] | None:
        return tuple(sorted(int(v) for v in values[dimension])) if dimension in values else None

    return Scope(
        paths=texts(Dimension.CUSTOMER_SUBTREE),
        tags=texts(Dimension.CUSTOMER_TAG),
        agents=texts(Dimension.AGENT),
        bill_profiles=texts(Dimension.BILL_PROFILE),
        programs=numbers(Dimension.PROGRAM),
        vendors=numbers(Dimension.VENDOR),
    )


def has_customer_limits(scope: Scope) -> bool:
    """Whether the scope limits by a property of the customer (as opposed to program or vendor alone)."""
    return any(part is not None for part in (scope.paths, scope.tags, scope.agents, scope.bill_profiles))


def customer_predicate(scope: Scope) -> Q:
    """The customers that a scope's customer dimensions allow, as a filter on Customer."""
    if scope.everything:
        return Q()
    predicate = Q()
    if scope.paths is not None:
        subtree = Q(pk__in=[])
        for path in scope.paths:
            subtree |= Q(path__startswith=path)
        predicate &= subtree
    if scope.tags is not None:
        predicate &= Q(tags__overlap=list(scope.tags))
    if scope.agents is not None:
        predicate &= Q(agent__in=scope.agents)
    if scope.bill_profiles is not None:
        predicate &= Q(bill_profile__in=scope.bill_profiles)
    return predicate


def view_of(principal: Principal) -> Hashable | None:
    """All that the lists of what somebody sees are composed of; None where they hold ids of customers that are limited
    by a property, which may change."""
    if has_customer_limits(principal.scope):
        return None
    limits = tuple(sorted(principal.max_decision_micros.items()))
    return (principal.id, principal.verbs, principal.scope, principal.customer_id, principal.vendor_id, limits)


def owned_predicate(scope: Scope, *, vendor: str = "vendor_id") -> Q:
    """What a scope allows of rows with columns program and customer; ``vendor`` is where they know their vendor."""
    if scope.everything:
        return Q()
    if scope.nothing:
        return Q(pk__in=[])
    predicate = Q()
    if has_customer_limits(scope):
        ids = [pk for (pk,) in fetch(sql.load("parties.customers_limited"), _limited(scope))]
        if len(ids) <= LATERAL_LIMIT:
            predicate &= Q(customer_id=ids[0]) if len(ids) == 1 else Q(customer_id__in=ids)
        else:
            predicate &= Q(customer__in=Customer.objects.filter(customer_predicate(scope)))
    if scope.programs is not None:
        predicate &= Q(program_id__in=scope.programs)
    if scope.vendors is not None:
        predicate &= Q(**{f"{vendor}__in": scope.vendors})
    return predicate


def _limited(scope: Scope) -> dict[str, Any]:
    wanted = ("scope_paths", "scope_tags", "scope_agents", "scope_bill_profiles")
    known = scope_parameters(scope)
    return {"most": LATERAL_LIMIT + 1, **{name: known[name] for name in wanted}}


def scope_parameters(scope: Scope) -> dict[str, Any]:
    """What the parts ``parties.customer_limits`` and ``parties.owned_in_scope`` of a statement ask of a scope."""
    parts = {
        "scope_paths": scope.paths,
        "scope_tags": scope.tags,
        "scope_agents": scope.agents,
        "scope_bill_profiles": scope.bill_profiles,
        "scope_programs": scope.programs,
        "scope_vendors": scope.vendors,
    }
    return {
        "scope_everything": scope.everything,
        "scope_nothing": scope.nothing,
        **{name: None if part is None else list(part) for name, part in parts.items()},
    }
