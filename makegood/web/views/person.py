"""One person: who they are, what they may, how they sign in, and the verbs of administrators."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.kernel.errors import Refusal
from makegood.parties import operations
from makegood.parties.selectors import people_list
from makegood.parties.selectors.people_list import PersonRow
from makegood.parties.selectors.sessions import sessions_of
from makegood.parties.states import Verb
from makegood.web import decision_limits, scopes, security_story
from makegood.web.accounts import ClosedAccountAdapter
from makegood.web.decision_limits import TypedLimits
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.views.people import FIELDS
from makegood.web.zones import ZONES

LIMIT_CODES = frozenset({"BAD_AMOUNT", "AMOUNT_TOO_FINE", "UNKNOWN_CURRENCY", "BAD_DECISION_LIMIT"})


@dataclass(frozen=True)
class Typed:
    """What stands in the form of a person."""

    name: str
    role: str
    zone: str
    customer: str
    vendor: str
    limits: TypedLimits


@page(Verb.USER_VIEW)
def person(request: PageRequest, user_id: int) -> HttpResponse:
    """Everything about a person; with the permission, the form that changes it."""
    row = people_list.person(request.principal, user_id)
    user = row.user
    typed = Typed(
        user.name,
        user.role.key,
        user.zone.name if user.zone else "",
        user.customer.number if user.customer else "",
        user.vendor.number if user.vendor else "",
        TypedLimits.of(user.max_decision_micros),
    )
    if request.method != "POST":
        return _page(request, row, typed)
    post = request.POST
    name, role, zone, customer, vendor = (
        post.get(field, "").strip() for field in ("name", "role", "zone", "customer", "vendor")
    )
    typed = Typed(name, role, zone, customer, vendor, TypedLimits.typed(post))
    try:
        changed = operations.change_person(
            request.principal,
            user_id=user_id,
            name=typed.name,
            role_key=typed.role,
            zone=typed.zone,
            customer_number=typed.customer,
            vendor_number=typed.vendor,
            max_decision_micros=typed.limits.kept(),
        )
    except Refusal as refused:
        return _page(request, row, typed, refused)
    say(request, f"{changed} is saved. It holds from their next click on.", "is-ok")
    return go(reverse("person", args=[user_id]))


@require_POST
@page(Verb.USER_EDIT)
def switch(request: PageRequest, user_id: int) -> HttpResponse:
    """Let in, or no longer."""
    on = request.POST.get("on") == "1"
    try:
        user = operations.switch_person(request.principal, user_id=user_id, on=on)
    except Refusal as refused:
        return _stays(request, user_id, refused)
    said = "can sign in again" if on else "is switched off: signed out everywhere, and tokens that act for them end"
    say(request, f"{user} {said}.", "is-ok")
    return go(reverse("person", args=[user_id]))


@page(Verb.USER_EDIT)
def second_step(request: PageRequest, user_id: int) -> HttpResponse:
    """What resetting means, then the end of a lost device."""
    row = people_list.person(request.principal, user_id)
    if request.method != "POST":
        return respond(request, "web/people/second_step.html", {"row": row})
    try:
        done = operations.reset_second_step(request.principal, user_id=user_id)
    except Refusal as refused:
        return _stays(request, user_id, refused)
    if done:
        told = {"by": request.principal.label}
        ClosedAccountAdapter(request).send_mail("account/email/second_step_reset", row.user.email, told)
    say(request, f"{row.user} signs in with the password alone until they set up an app again.", "is-ok")
    return go(reverse("person", args=[user_id]))


def _stays(request: PageRequest, user_id: int, refused: Refusal) -> HttpResponse:
    """Back on the person's page, with why nothing was done."""
    if refused.status in {403, 404}:
        raise refused
    say(request, f"{refused.message} Nothing was changed.", "is-error")
    return go(reverse("person", args=[user_id]))


def _page(request: PageRequest, row: PersonRow, typed: Typed, refused: Refusal | None = None) -> HttpResponse:
    role = row.user.role
    context = {
        "row": row,
        "typed": typed,
        "roles": people_list.roles(),
        "zones": ZONES,
        "limit_fields": typed.limits.fields(decision_limits.currencies_of(request.principal)),
        "role_limit": decision_limits.said(role.max_decision_micros),
        "may": scopes.said(role.verbs),
        "sessions": sessions_of(row.id, None),
        "story": security_story.of(row.id),
        "is_self": row.id == request.principal.id,
        "edits": request.principal.can(Verb.USER_EDIT),
        "refused": refused,
        "field": ("limits" if refused.code in LIMIT_CODES else FIELDS.get(refused.code, "")) if refused else "",
    }
    return respond(request, "web/people/person.html", context, status=refused.status if refused else 200)
