"""Roles: bundles of permissions in sentences, amounts that may be decided alone, and the second step."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.kernel.errors import Refusal
from makegood.parties import operations
from makegood.parties.errors import NotFound
from makegood.parties.models import Role
from makegood.parties.policy import is_unlimited
from makegood.parties.selectors import people_list
from makegood.parties.states import NEEDS, RoleKey, Verb
from makegood.web import decision_limits, scopes
from makegood.web.decision_limits import NOTHING, TypedLimits
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say

CREDITING = frozenset({Verb.DISPUTE_DECIDE, Verb.REVIEW_PROACTIVE})
"""Whose people credit something: what they decide, and what they find unasked."""

FIELDS = {
    "BAD_ROLE_NAME": "name",
    "ROLE_TAKEN": "name",
    "PERMISSION_NEEDED": "verbs",
    "BAD_AMOUNT": "limits",
    "AMOUNT_TOO_FINE": "limits",
    "UNKNOWN_CURRENCY": "limits",
    "BAD_DECISION_LIMIT": "limits",
}


@dataclass(frozen=True)
class Row:
    """A role of the list."""

    role: Role
    people: int
    may: list[str]
    limit: str
    is_open: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the operator added it."""
        return self.role.key not in set(RoleKey)


@dataclass(frozen=True)
class Box:
    """One permission of the form, and the one that it needs, in words."""

    value: str
    words: str
    chosen: bool
    needs: str


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    name: str = ""
    verbs: Collection[str] = ()
    totp: bool = False
    limits: TypedLimits = field(default_factory=lambda: TypedLimits(NOTHING))


@page(Verb.USER_VIEW)
def roles(request: PageRequest) -> HttpResponse:
    """Every role with its people, what they may and up to which amount."""
    counts = people_list.people_by_role()
    rows = [
        Row(role, counts.get(role.pk, 0), scopes.said(role.verbs), _limit(role), _is_open(role))
        for role in people_list.roles()
    ]
    context = {"tab": "roles", "rows": rows, "edits": _edits(request)}
    return respond(request, "web/people/roles.html", context)


@page(Verb.USER_VIEW)
def role(request: PageRequest, role_id: int | None = None) -> HttpResponse:
    """One role, or a new one; sent, it is kept."""
    found = next((one for one in people_list.roles() if one.pk == role_id), None)
    if role_id is not None and found is None:
        raise NotFound()
    if request.method != "POST":
        return _page(request, found, _kept(found) if found else Typed())
    post = request.POST
    limits = TypedLimits.typed(post)
    typed = Typed(post.get("name", ""), post.getlist("verb"), "totp" in post, limits)
    try:
        kept = operations.set_role(
            request.principal,
            role_id=role_id,
            name=typed.name,
            verbs=typed.verbs,
            requires_totp=typed.totp,
            max_decision_micros=limits.kept() or {},
        )
    except Refusal as refused:
        if refused.status in {403, 404}:
            raise
        return _page(request, found, typed, refused)
    say(request, f"The role {kept.name} is saved. It holds from the next click of its people on.", "is-ok")
    return go(reverse("role", args=[kept.pk]))


@require_POST
@page(Verb.USER_EDIT)
def delete(request: PageRequest, role_id: int) -> HttpResponse:
    """Forget a role that nobody has."""
    try:
        gone = operations.delete_role(request.principal, role_id=role_id)
    except Refusal as refused:
        if refused.status in {403, 404}:
            raise
        say(request, f"{refused.message} Nothing was changed.", "is-error")
        return go(reverse("role", args=[role_id]))
    say(request, f"The role {gone.name} is gone.", "is-ok")
    return go(reverse("roles"))


def _edits(request: PageRequest) -> bool:
    return request.principal.can(Verb.USER_EDIT) and request.principal.scope.everything


def _limit(role: Role) -> str:
    """What its people credit alone; nothing is said of those who neither decide nor review."""
    credits_at_all = CREDITING.intersection(role.verbs)
    return decision_limits.said(role.max_decision_micros) if credits_at_all else ""


def _is_open(role: Role) -> bool:
    """Whether its people credit what they find without any limit, although they decide nothing else."""
    finds = Verb.REVIEW_PROACTIVE in role.verbs and Verb.DISPUTE_DECIDE not in role.verbs
    return finds and is_unlimited(role.max_decision_micros)


def _kept(role: Role) -> Typed:
    return Typed(role.name, role.verbs, role.requires_totp, TypedLimits.of(role.max_decision_micros))


def _boxes(chosen: Collection[str]) -> list[tuple[str, list[Box]]]:
    return [
        (
            title,
            [
                Box(verb.value, words, verb.value in chosen, scopes.WORDS[NEEDS[verb]] if verb in NEEDS else "")
                for verb, words in group
            ],
        )
        for title, group in scopes.GROUPS
    ]


def _page(request: PageRequest, found: Role | None, typed: Typed, refused: Refusal | None = None) -> HttpResponse:
    context = {
        "role": found,
        "typed": typed,
        "is_own": found is not None and found.key not in set(RoleKey),
        "people": people_list.people_by_role().get(found.pk, 0) if found else 0,
        "groups": _boxes(typed.verbs),
        "limit_fields": typed.limits.fields(decision_limits.currencies_of(request.principal)),
        "refused": refused,
        "field": FIELDS.get(refused.code, "") if refused else "",
        "edits": _edits(request),
    }
    return respond(request, "web/people/role.html", context, status=refused.status if refused else 200)
