"""What verbs of people check first: that the person is in sight, and that an administrator remains."""

from __future__ import annotations

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from makegood.parties.entries import Principal
from makegood.parties.errors import LastAdministrator, NotFound, NotYourself
from makegood.parties.models import Role, User
from makegood.parties.selectors import demand
from makegood.parties.selectors.people_list import check_reach, people_visible_to
from makegood.parties.states import Dimension, Verb


def person_for(principal: Principal, user_id: int, *, oneself: bool = True) -> User:
    """The person, locked, for somebody who may edit people; ``oneself`` false refuses the principal's own row.

    Nobody who is limited looks after somebody who sees or may do more. Raises NotPermitted, NotFound, NotYourself,
    BeyondYourLimits.
    """
    demand(principal, Verb.USER_EDIT)
    hold_administrators()
    user = people_visible_to(principal).select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise NotFound()
    if not oneself and user.pk == principal.id:
        raise NotYourself()
    check_reach(principal, user, user.grants.values_list("dimension", "value"))
    return user


def hold_administrators() -> None:
    """Until the transaction ends nobody else changes who the administrators are."""
    list(Role.objects.select_for_update().filter(key="admin"))


def administrators() -> set[int]:
    """Ids of the people who can sign in, manage people and see everything."""
    found = User.objects.filter(
        is_active=True,
        role__verbs__contains=[Verb.USER_EDIT.value],
        grants__dimension=Dimension.ALL,
    ).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return set(found.values_list("pk", flat=True))


def check_administrator_remains(before: set[int]) -> None:
    """Call it after a change, inside its transaction. Raises LastAdministrator, which undoes the change."""
    if before and not administrators():
        raise LastAdministrator(person=str(User.objects.get(pk=min(before))))
