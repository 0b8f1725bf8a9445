"""The people of the installation: the list, and asking somebody in."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.kernel.errors import Refusal
from makegood.parties import operations
from makegood.parties.errors import SwitchedOff
from makegood.parties.operations import MadeInvitation
from makegood.parties.selectors import people_list
from makegood.parties.states import PersonState, RoleKey, Verb
from makegood.web.accounts import ClosedAccountAdapter, mail_is_on
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.zones import ZONES

STATES = (
    (PersonState.ACTIVE.value, "Can sign in"),
    (PersonState.INVITED.value, "Invited"),
    (PersonState.OFF.value, "Switched off"),
    ("no-totp", "Without a second step"),
)
FIELDS = {
    "BAD_EMAIL": "email",
    "EMAIL_TAKEN": "email",
    "UNKNOWN_ROLE": "role",
    "PARTY_REQUIRED": "customer",
    "UNKNOWN_CUSTOMER": "customer",
    "UNKNOWN_VENDOR": "vendor",
    "UNKNOWN_ZONE": "zone",
    "NAME_TOO_LONG": "name",
    "BEYOND_YOUR_LIMITS": "customer",
}


@dataclass(frozen=True)
class Typed:
    """What stands in the form of an invitation."""

    email: str = ""
    name: str = ""
    role: str = RoleKey.MANAGER.value
    customer: str = ""
    vendor: str = ""
    zone: str = ""


@page(Verb.USER_VIEW)
def people(request: PageRequest) -> HttpResponse:
    """Everybody in sight; the address carries search, filter and place."""
    get = request.GET
    text, role, state = get.get("q", "").strip()[:100], get.get("role", ""), get.get("state", "")
    found = people_list.people(
        request.principal, text, role=role, state=state, after=get.get("after", ""), before=get.get("before", "")
    )
    context = {
        "tab": "people",
        "page": found,
        "text": text,
        "role": role,
        "state": state,
        "states": STATES,
        "roles": people_list.roles(),
        "edits": request.principal.can(Verb.USER_EDIT),
    }
    return respond(request, "web/people/people.html", context, part="web/people/list.html")


@page(Verb.USER_EDIT)
def invite(request: PageRequest) -> HttpResponse:
    """The form; sent, it answers with the link: this once, and by e-mail where mail is configured."""
    if request.method != "POST":
        return _form(request, Typed(role=request.GET.get("role", RoleKey.MANAGER.value)))
    typed = Typed(**{name: request.POST.get(name, "").strip() for name in Typed.__dataclass_fields__})
    try:
        made = operations.invite(
            request.principal,
            email=typed.email,
            role_key=typed.role,
            customer_number=typed.customer,
            vendor_number=typed.vendor,
            name=typed.name,
            zone=typed.zone,
        )
    except Refusal as refused:
        return _form(request, typed, refused)
    return _made(request, made)


@require_POST
@page(Verb.USER_EDIT)
def again(request: PageRequest, user_id: int) -> HttpResponse:
    """Another link; the one before ends."""
    try:
        made = operations.invite_again(request.principal, user_id=user_id)
    except SwitchedOff as refused:
        say(request, f"{refused.message} Nothing was changed.", "is-error")
        return go(reverse("person", args=[user_id]))
    return _made(request, made)


@require_POST
@page(Verb.USER_EDIT)
def take_back(request: PageRequest, user_id: int) -> HttpResponse:
    """End the link."""
    ended = operations.revoke_invitation(request.principal, user_id=user_id)
    say(request, "The invitation is taken back; its link leads nowhere now." if ended else "No link was open.", "is-ok")
    return go(reverse("person", args=[user_id]))


def _made(request: PageRequest, made: MadeInvitation) -> HttpResponse:
    link = settings.SITE_URL + reverse("invitation", args=[made.secret])
    user = made.user
    words = {
        "by": request.principal.label,
        "role": user.role.name,
        "party": str(user.customer or user.vendor or ""),
        "until": f"{made.invitation.expires_at:%Y-%m-%d %H:%M} UTC",
        "link": link,
    }
    forgot = user.has_usable_password()
    letter = "account/email/password_link" if forgot else "account/email/invitation"
    ClosedAccountAdapter(request).send_mail(letter, user.email, words)
    context = {"person": user, "forgot": forgot, "invitation": made.invitation, "link": link, "mailed": mail_is_on()}
    response = respond(request, "web/people/invited.html", context, status=201)
    response["Cache-Control"] = "private, no-store"
    return response


def _form(request: PageRequest, typed: Typed, refused: Refusal | None = None) -> HttpResponse:
    field = FIELDS.get(refused.code, "") if refused else ""
    if field == "customer" and refused is not None and refused.fields.get("party") == "vendor":
        field = "vendor"
    context = {
        "typed": typed,
        "roles": people_list.roles(),
        "zones": ZONES,
        "refused": refused,
        "field": field,
        "mailed": mail_is_on(),
    }
    return respond(request, "web/people/invite.html", context, status=refused.status if refused else 200)
