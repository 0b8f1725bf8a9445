"""Reads of parties. Every read of rows that belong to somebody starts from a principal's scope."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from makegood.parties.entries import Principal, Scope
from makegood.parties.errors import NotPermitted
from makegood.parties.models import AccessGrant, Customer, Program, User, Vendor, Zone
from makegood.parties.states import Dimension, Verb

LATERAL_LIMIT = 500
"""Up to this many customers a list is read customer by customer (see docs/adr on scoped lists)."""


def scope_of(grants: list[AccessGrant]) -> Scope:
    """Compile limit-to grants: none means nothing, ``all`` wins, one dimension ORs, dimensions AND."""
    values: dict[str, list[str]] = {}
    for grant in grants:
        values.setdefault(grant.dimension, []).append(grant.value)
    if Dimension.ALL in values:
        return Scope(everything=True)

    def texts(dimension: Dimension) -> tuple[str, ...] | None:
        return tuple(sorted(values[dimension])) if dimension in values else None

    def numbers(dimension: Dimension) -> tuple[int, ...] | None:
        return tuple(sorted(int(v) for v in values[dimension])) if dimension in values else None

    roots = numbers(Dimension.CUSTOMER_SUBTREE)
    paths = None
    if roots is not None:
        paths = tuple(Customer.objects.filter(id__in=roots).order_by("path").values_list("path", flat=True))
    return Scope(
        paths=paths,
        tags=texts(Dimension.CUSTOMER_TAG),
        agents=texts(Dimension.AGENT),
        bill_profiles=texts(Dimension.BILL_PROFILE),
        programs=numbers(Dimension.PROGRAM),
        vendors=numbers(Dimension.VENDOR),
    )


def principal_of(user: User, request_id: str = "", ip: str | None = None) -> Principal:
    """The principal of a signed-in person, with its verbs and its compiled scope."""
    return Principal(
        id=user.pk,
        label=str(user),
        role=user.role.key,
        verbs=frozenset(user.role.verbs) if user.is_active else frozenset(),
        scope=scope_of(list(user.grants.all())) if user.is_active else Scope(),
        customer_id=user.customer_id,
        vendor_id=user.vendor_id,
        max_decision_micros=dict(user.role.max_decision_micros),
        request_id=request_id,
        ip=ip,
    )


def demand(principal: Principal, verb: Verb) -> None:
    """Raise NotPermitted unless the verb was granted."""
    if not principal.can(verb):
        raise NotPermitted(verb=verb.value)


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


def customers_visible_to(principal: Principal) -> QuerySet[Customer]:
    """The customers in scope. A scope by program or vendor alone shows no customer record."""
    scope = principal.scope
    if scope.nothing or not (scope.everything or has_customer_limits(scope)):
        return Customer.objects.none()
    return Customer.objects.filter(customer_predicate(scope))


def vendors_visible_to(principal: Principal) -> QuerySet[Vendor]:
    """The vendors in scope."""
    if principal.scope.everything:
        return Vendor.objects.all()
    return Vendor.objects.filter(pk__in=principal.scope.vendors or ())


def owned_predicate(scope: Scope, *, vendor: str = "vendor_id") -> Q:
    """What a scope allows of rows with columns program and customer; ``vendor`` is where they know their vendor."""
    if scope.everything:
        return Q()
    if scope.nothing:
        return Q(pk__in=[])
    predicate = Q()
    if has_customer_limits(scope):
        ids = list(Customer.objects.filter(customer_predicate(scope)).values_list("pk", flat=True)[: LATERAL_LIMIT + 1])
        if len(ids) <= LATERAL_LIMIT:
            predicate &= Q(customer_id=ids[0]) if len(ids) == 1 else Q(customer_id__in=ids)
        else:
            predicate &= Q(customer__in=Customer.objects.filter(customer_predicate(scope)))
    if scope.programs is not None:
        predicate &= Q(program_id__in=scope.programs)
    if scope.vendors is not None:
        predicate &= Q(**{f"{vendor}__in": scope.vendors})
    return predicate


def programs_visible_to(principal: Principal) -> QuerySet[Program]:
    """The programs in scope; a limit by program narrows them, other limits do not."""
    if principal.scope.nothing:
        return Program.objects.none()
    if principal.scope.programs is None:
        return Program.objects.all()
    return Program.objects.filter(pk__in=principal.scope.programs)


def zone_names() -> dict[int, str]:
    """Every zone in use, by id."""
    return dict(Zone.objects.values_list("pk", "name"))


def people_of(role_keys: list[str]) -> list[User]:
    """The active people of some roles with role and grants at hand (for digests)."""
    return list(
        User.objects.filter(role__key__in=role_keys, is_active=True)
        .select_related("role")
        .prefetch_related("grants")
        .order_by("pk")
    )
