"""Verbs of roles: what their people may do, up to which amount alone, and whether they need a second step."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.text import slugify

from makegood.journal import operations as journal
from makegood.parties.entries import Principal
from makegood.parties.errors import (
    BadRoleName,
    BeyondYourLimits,
    NotFound,
    NotYourself,
    RoleInUse,
    RoleStays,
    RoleTaken,
    UnknownScope,
)
from makegood.parties.models import Role, User
from makegood.parties.operations.administrators import (
    administrators,
    check_administrator_remains,
    hold_administrators,
)
from makegood.parties.operations.directory import grant_verbs
from makegood.parties.operations.people import checked_limits
from makegood.parties.selectors import demand
from makegood.parties.states import RoleKey, Verb

LONGEST_ROLE_NAME = 100
_LONGEST_KEY = 40
_NO_KEY = re.compile(r"[^a-z0-9-]")


@transaction.atomic
def set_role(
    principal: Principal,
    *,
    name: str,
    verbs: Collection[str],
    max_decision_micros: Mapping[str, int],
    requires_totp: bool = False,
    role_id: int | None = None,
) -> Role:
    """A role as it is said here; without ``role_id`` a new one.

    Errors: NOT_FOUND, BAD_ROLE_NAME, ROLE_TAKEN, UNKNOWN_SCOPE, PERMISSION_NEEDED, UNKNOWN_CURRENCY,
    BAD_DECISION_LIMIT, BEYOND_YOUR_LIMITS, NOT_YOURSELF, LAST_ADMINISTRATOR. Raises NotPermitted.
    """
    _check_may(principal)
    title, wanted, limits = _title(name), _verbs(verbs), checked_limits(max_decision_micros)
    if Role.objects.filter(name__iexact=title).exclude(pk=role_id or 0).exists():
        raise RoleTaken(name=title)
    role = Role(key=_key_for(title)) if role_id is None else _role(role_id)
    before = administrators()
    is_own = User.objects.filter(pk=principal.id or 0, role_id=role.pk or 0).exists()
    if is_own and Verb.USER_EDIT not in wanted:
        raise NotYourself()
    was = {"name": role.name, "totp": role.requires_totp, "verbs": role.verbs, "limits": role.max_decision_micros}
    role.name, role.requires_totp = title, requires_totp
    role.save()
    if set(role.verbs) != wanted or role.max_decision_micros != limits or role_id is None:
        grant_verbs(principal, role=role, verbs=wanted, max_decision_micros=limits)
    check_administrator_remains(before)
    now = {"name": role.name, "totp": role.requires_totp, "verbs": role.verbs, "limits": role.max_decision_micros}
    if was != now:
        _record(principal, role, "create" if role_id is None else "change", {"before": was, "after": now})
    return role


@transaction.atomic
def delete_role(principal: Principal, *, role_id: int) -> Role:
    """Forget a role that nobody has; the role that was. Errors: NOT_FOUND, ROLE_STAYS, ROLE_IN_USE, BEYOND_YOUR_LIMITS.

    Raises NotPermitted.
    """
    _check_may(principal)
    role = _role(role_id)
    if role.key in set(RoleKey):
        raise RoleStays(name=role.name)
    count = User.objects.filter(role=role).count()
    if count:
        raise RoleInUse(name=role.name, people="1 person has" if count == 1 else f"{count} people have")
    _record(principal, role, "delete", {"name": role.name, "verbs": role.verbs})
    Role.objects.filter(pk=role.pk).delete()
    return role


def _check_may(principal: Principal) -> None:
    """Roles hold for everybody, so only those who see everything change them."""
    demand(principal, Verb.USER_EDIT)
    if not principal.scope.everything:
        raise BeyondYourLimits(value="a role of everybody")
    hold_administrators()


def _role(role_id: int) -> Role:
    role = Role.objects.select_for_update().filter(pk=role_id).first()
    if role is None:
        raise NotFound()
    return role


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= LONGEST_ROLE_NAME:
        raise BadRoleName(limit=LONGEST_ROLE_NAME)
    return title


def _verbs(words: Collection[str]) -> frozenset[Verb]:
    known = {verb.value: verb for verb in Verb}
    for word in words:
        if word not in known:
            raise UnknownScope(scope=word, scopes=", ".join(sorted(known)))
    return frozenset(known[word] for word in words)


def _key_for(title: str) -> str:
    base = _NO_KEY.sub("", slugify(title))[: _LONGEST_KEY - 4] or "role"
    taken = set(Role.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{number}" for number in range(2, 1_000))) if key not in taken)


def _record(principal: Principal, role: Role, verb: str, changes: Mapping[str, object]) -> None:
    journal.record(
        principal,
        verb=verb,
        event=f"role.{verb}d",
        object_kind="role",
        object_id=role.pk,
        changes=changes,
    )
