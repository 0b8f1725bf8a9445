"""People, as principals and by their e-mail."""

from __future__ import annotations

from makegood.kernel.pointed import Pointed
from makegood.parties.entries import Principal, Scope
from makegood.parties.errors import UnknownPerson
from makegood.parties.models import User
from makegood.parties.selectors.scopes import scope_of
from makegood.parties.states import Verb

_AT_HAND = Pointed(User, "role", "zone", "customer__zone", "vendor__zone")


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
        max_decision_micros=dict(
            user.role.max_decision_micros if user.max_decision_micros is None else user.max_decision_micros
        ),
        request_id=request_id,
        ip=ip,
    )


def signed_in(user_id: int) -> User | None:
    """Who a session belongs to, with everything at hand that each page asks of them; None for nobody."""
    return _AT_HAND.by_key([user_id]).get(user_id)


def person_called(email: str) -> User:
    """Who signs in with an e-mail, with the role at hand. Raises UnknownPerson."""
    found = User.objects.filter(email__iexact=email.strip(), is_active=True).select_related("role").first()
    if found is None:
        raise UnknownPerson(email=email)
    return found


def people_who(verb: Verb, user_id: int | None = None) -> list[User]:
    """The active people whose role holds a verb, by name, with role and grants at hand; ``user_id`` asks for one."""
    found = User.objects.filter(role__verbs__contains=[verb.value], is_active=True)
    if user_id is not None:
        found = found.filter(pk=user_id)
    return list(found.select_related("role").prefetch_related("grants").order_by("name", "email", "pk"))


def person_known(email: str) -> User:
    """Who has an e-mail, whether they may sign in or not. Raises UnknownPerson."""
    found = User.objects.filter(email__iexact=email.strip()).select_related("role").first()
    if found is None:
        raise UnknownPerson(email=email)
    return found


def people_of(role_keys: list[str]) -> list[User]:
    """The active people of some roles with role and grants at hand (for digests)."""
    return list(
        User.objects.filter(role__key__in=role_keys, is_active=True)
        .select_related("role")
        .prefetch_related("grants")
        .order_by("pk")
    )
